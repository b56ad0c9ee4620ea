import { useEffect, useState } from 'react'
import type { ChatId } from '../../node/contract/ids.ts'
import type { KithError } from '../../node/contract/errors.ts'
import type { Message } from '../../node/contract/state.ts'
import { call } from '../bridge/kith.ts'
import { useSlice } from '../state/slices.ts'
import { isAnswering, putChat, useTranscripts } from './transcript/transcript-store.ts'

interface OpenChat {
  readonly messages: readonly Message[]
  readonly state: 'loading' | 'ready' | 'failed'
  readonly error: KithError | null
  readonly retry: () => void
  readonly isAnswering: boolean
}

const none: readonly Message[] = []
/** The last event of an answer travels another way than the state; it is given this long to arrive. */
const endGraceMs = 1_000

/** The messages of a chat, opened when first shown and read again if an answer's end was missed. */
export function useChat(chatId: ChatId | null): OpenChat {
  const held = useTranscripts((transcripts) => (chatId === null ? none : transcripts.messages[chatId]))
  const [failure, setFailure] = useState<{ readonly chatId: ChatId; readonly error: KithError } | null>(null)
  const summary = useSlice('chats').find((chat) => chat.chatId === chatId)
  const isHeld = held !== undefined
  const isRunning = held?.some(isAnswering) ?? false
  const error = failure !== null && failure.chatId === chatId ? failure.error : null

  const isOver = isRunning && summary?.isAnswering === false
  const mustOpen = chatId !== null && !isHeld && error === null
  useEffect(() => {
    if (chatId === null || (!mustOpen && !isOver)) return undefined
    let isWanted = true
    const timer = setTimeout(
      () => {
        void call('chat.open', { chatId }).then((opened) => {
          if (!isWanted) return
          if (opened.ok) putChat(chatId, opened.value.messages)
          else setFailure({ chatId, error: opened.error })
        })
      },
      isOver ? endGraceMs : 0,
    )
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [chatId, mustOpen, isOver])

  return {
    messages: held ?? none,
    state: isHeld ? 'ready' : error === null ? 'loading' : 'failed',
    error,
    retry: () => {
      setFailure(null)
    },
    isAnswering: isRunning,
  }
}
