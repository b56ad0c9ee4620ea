import { useCallback, useState } from 'react'

/** Where the keyboard was before a dialog opened. */
interface Origin {
  readonly element: HTMLElement | null
  /** Where it was before the dialog that holds the element, which may be gone by then. */
  readonly outer: Origin | null
}

/** What closes by itself and then gives the keyboard back: menus, and notices. */
const asides = '[role="menu"], [data-aside]'
let last: HTMLElement | null = null
const origins = new WeakMap<Element, Origin>()

/** What the keyboard was on last, which may have gone since. Menus and notices do not count. */
export function lastFocused(): HTMLElement | null {
  return last
}

export function rememberFocus(element: EventTarget | null): void {
  if (element === null) last = null
  else if (element instanceof HTMLElement && element.closest(asides) === null) last = element
}

/** Whether nothing has the keyboard. */
export function isFocusLost(): boolean {
  const { activeElement } = document
  return activeElement === null || activeElement === document.body || activeElement.matches(':disabled')
}

function originOf(element: HTMLElement | null): Origin {
  const dialog = element?.closest('[role="dialog"]') ?? null
  return { element, outer: dialog === null ? null : (origins.get(dialog) ?? null) }
}

function take(element: HTMLElement | null | undefined): boolean {
  if (element?.isConnected !== true) return false
  element.focus()
  return document.activeElement === element
}

function nameOf(element: Element): string {
  return element.getAttribute('aria-label') ?? element.textContent
}

/** A button that was drawn anew in another place: an empty list has it in its middle, a full one above. */
function sameButton(element: HTMLElement | null): HTMLElement | undefined {
  if (element?.tagName !== 'BUTTON' || nameOf(element) === '') return undefined
  const buttons = [...document.querySelectorAll<HTMLElement>('main button')]
  return buttons.find((button) => nameOf(button) === nameOf(element))
}

/** The beginning of what is on screen: where the page says so, else its heading. */
function focusPage(): void {
  const main = document.querySelector<HTMLElement>('main')
  if (take(main?.querySelector<HTMLElement>('[data-focus-home]'))) return
  const start = main?.querySelector<HTMLElement>('h1') ?? main
  if (start?.hasAttribute('tabindex') === false) start.tabIndex = -1
  take(start)
}

function focusOrigin(origin: Origin): void {
  for (let one: Origin | null = origin; one !== null; one = one.outer) {
    if (take(one.element) || take(sameButton(one.element))) return
  }
  focusPage()
}

/** A button may stand outside of the form it sends. */
function formOf(element: HTMLElement): HTMLFormElement | null {
  return element instanceof HTMLButtonElement ? element.form : element.closest('form')
}

/** Brings the keyboard back when what it was on went away, or was switched off. */
export function recoverFocus(from: HTMLElement): void {
  const form = from.isConnected ? formOf(from) : null
  const fields = [...(form?.querySelectorAll<HTMLInputElement>('input:enabled, textarea:enabled') ?? [])]
  const wrong = fields.find((field) => field.getAttribute('aria-invalid') === 'true')
  // A password that was wrong has been emptied: it is what is asked for next.
  if (take(wrong) || take(fields.find((field) => field.value === '')) || take(fields[0])) return
  // A dialog that is still open keeps it.
  if (!take(from.closest<HTMLElement>('[role="dialog"]'))) focusOrigin(originOf(from))
}

/** Puts the keyboard back where it was before it went aside, to a notice. */
export function leaveAside(): void {
  focusOrigin(originOf(last))
}

/**
 * For the content of a dialog: closing it puts the keyboard back where it was before.
 *
 * Where that is gone, a button of the same name takes it, else the page's heading. The library alone returns it only to
 * a trigger of its own, which dialogs that open by themselves or from a menu do not have.
 */
export function useFocusReturn() {
  // Read while the dialog is drawn for the first time, before a field of its own takes the focus.
  const [origin] = useState(() => originOf(last))
  const ref = useCallback(
    (content: HTMLElement | null) => {
      if (content !== null) origins.set(content, origin)
    },
    [origin],
  )
  const onCloseAutoFocus = useCallback(
    (event: Event) => {
      event.preventDefault()
      if (isFocusLost()) focusOrigin(origin)
    },
    [origin],
  )
  return { ref, onCloseAutoFocus }
}
