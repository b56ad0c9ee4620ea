import { useEffect } from 'react'
import { stopShownChat } from '../chat/composer/stop-answer.ts'
import { startChat } from '../chat/start-chat.ts'
import { goTo } from '../state/navigation.ts'

/** Whether something is open in front, which then owns the Escape key. */
function isSomethingOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') !== null
}

/** The window's shortcuts: new chat, settings, and Escape to stop an answer. */
export function useShortcuts(): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.isComposing) return
      const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey
      if (event.key === 'Escape' && !isSomethingOpen()) {
        if (stopShownChat()) event.preventDefault()
        return
      }
      if (!isCommand || isSomethingOpen()) return
      if (event.key.toLowerCase() === 'n') {
        event.preventDefault()
        startChat()
      } else if (event.key === ',') {
        event.preventDefault()
        goTo('settings')
      }
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
    }
  }, [])
}
