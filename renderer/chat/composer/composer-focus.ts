export const composerId = 'kith-composer'

/** Puts the keyboard back into the composer. */
export function focusComposer(): void {
  document.getElementById(composerId)?.focus()
}
