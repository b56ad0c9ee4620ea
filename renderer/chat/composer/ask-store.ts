import { create } from 'zustand'
import type { CallInput } from '../../../node/contract/contract.ts'
import type { ChatId } from '../../../node/contract/ids.ts'
import type { KithError } from '../../../node/contract/errors.ts'

/** A question with where it goes. */
export type Question = Omit<CallInput<'chat.ask'>, 'chatId'> & { readonly chatId: ChatId | null }

/** A question on its way to the peer, or one the peer did not take. */
export interface Asking {
  readonly chatId: ChatId | null
  readonly text: string
  readonly askedAtMs: number
  readonly error: KithError | null
}

interface AskState {
  readonly asking: Asking | null
  /** Chats whose answer was asked to stop. */
  readonly stopping: readonly ChatId[]
}

export const useAsking = create<AskState>()(() => ({ asking: null, stopping: [] }))

export function setAsking(asking: Asking | null): void {
  useAsking.setState({ asking })
}

export function setStopping(chatId: ChatId, isStopping: boolean): void {
  useAsking.setState(({ stopping }) => ({
    stopping: isStopping ? [...stopping, chatId] : stopping.filter((one) => one !== chatId),
  }))
}
