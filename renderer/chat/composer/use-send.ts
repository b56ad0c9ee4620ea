import { useCallback } from 'react'
import type { ChatId } from '../../../node/contract/ids.ts'
import { useSlice } from '../../state/slices.ts'
import { ask } from './ask.ts'
import { holdForPrivacy } from './privacy-store.ts'
import { useChoice, type Choice } from '../pickers/use-choice.ts'

interface Sender {
  readonly choice: Choice
  /** False when there is nothing to ask. */
  readonly send: (text: string) => boolean
}

/** Sends a question where the choice says; the first that somebody else could read waits for the privacy note. */
export function useSend(chatId: ChatId | null): Sender {
  const choice = useChoice(chatId)
  const { hasReadPrivacyNote } = useSlice('settings')
  const send = useCallback(
    (text: string) => {
      const { pool, model, option } = choice
      if (pool === null || model === null || text.trim() === '') return false
      const input = { chatId, text, model, poolId: pool.poolId }
      const readers = option?.readers ?? []
      if (readers.length > 0 && hasReadPrivacyNote !== true) holdForPrivacy({ input, readers })
      else void ask(input)
      return true
    },
    [choice, chatId, hasReadPrivacyNote],
  )
  return { choice, send }
}
