/** Programs that are set to this port send their keys to another program. */
export function takenPortWarning(port: number): string {
  return `Another program answers on port ${port}: a program that is set to it sends its key there. Replace such keys.`
}
