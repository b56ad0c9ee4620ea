import { isFocusLost, lastFocused, recoverFocus, rememberFocus } from './focus-return.ts'

/**
 * Follows the keyboard through the window, and brings it back where the page takes its place away: a form that was sent,
 * a page that followed another, a button that was switched off. Without this it falls to the body, and whoever uses the
 * keyboard begins at the top. Returns the function that ends it.
 */
export function keepFocus(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined

  function isTaken(element: HTMLElement): boolean {
    return !element.isConnected || element.matches(':disabled')
  }

  function recoverIfLost(): void {
    const last = lastFocused()
    if (last !== null && isFocusLost() && isTaken(last)) recoverFocus(last)
  }

  function onFocusIn(event: FocusEvent): void {
    rememberFocus(event.target)
  }

  function onPointerUp(): void {
    // Somebody who clicked beside everything has let go of it on purpose.
    const last = lastFocused()
    if (last !== null && isFocusLost() && !isTaken(last)) rememberFocus(null)
  }

  // What takes the focus by itself, such as a new page's heading, comes first.
  const observer = new MutationObserver(() => {
    clearTimeout(timer)
    const last = lastFocused()
    if (last !== null && isTaken(last)) timer = setTimeout(recoverIfLost, 0)
  })
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] })
  document.addEventListener('focusin', onFocusIn)
  document.addEventListener('pointerup', onPointerUp)
  return () => {
    clearTimeout(timer)
    observer.disconnect()
    document.removeEventListener('focusin', onFocusIn)
    document.removeEventListener('pointerup', onPointerUp)
  }
}
