import { create } from 'zustand'
import type { CallInput } from '../../../node/contract/contract.ts'
import type { ChatId, PoolId } from '../../../node/contract/ids.ts'
import type { KithError } from '../../../node/contract/errors.ts'
import type { ChatPlace } from '../../state/navigation.ts'

/** A question with where it goes. */
export type Question = Omit<CallInput<'chat.ask'>, 'chatId' | 'poolId'> & {
  readonly chatId: ChatId | null
  readonly poolId: PoolId
}

/** A question on its way to the peer, or one the peer did not take. */
export interface Asking {
  readonly chatId: ChatId | null
  readonly text: string
  readonly askedAtMs: number
  readonly error: KithError | null
}

interface AskState {
  /** At most one in each chat; what one chat waits for holds no other up. */
  readonly asking: Readonly<Partial<Record<ChatPlace, Asking>>>
  /** Chats whose answer was asked to stop. */
  readonly stopping: readonly ChatId[]
}

export const useAsking = create<AskState>()(() => ({ asking: {}, stopping: [] }))

export function setAsking(place: ChatPlace, asking: Asking | null): void {
  useAsking.setState((state) => {
    const all: Partial<Record<ChatPlace, Asking>> = { ...state.asking }
    if (asking === null) delete all[place]
    else all[place] = asking
    return { asking: all }
  })
}

/** After logging out. */
export function forgetAsking(): void {
  useAsking.setState({ asking: {}, stopping: [] })
}

export function setStopping(chatId: ChatId, isStopping: boolean): void {
  useAsking.setState(({ stopping }) => ({
    stopping: isStopping ? [...stopping, chatId] : stopping.filter((one) => one !== chatId),
  }))
}
