/** The words of a phrase as typed or pasted, in the one form the peer expects. */
export function tidyPhrase(text: string): string {
  return text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
    .join(' ')
}
