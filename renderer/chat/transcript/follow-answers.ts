import { listen } from '../../bridge/kith.ts'
import { announceEvent } from './announce-answers.ts'
import { applyChatEvent } from './transcript-store.ts'

/** Takes what arrives of answers into the transcripts, and to those who listen. Returns the unsubscribe function. */
export function followAnswers(): () => void {
  return listen('chat', (event) => {
    applyChatEvent(event)
    announceEvent(event)
  })
}
