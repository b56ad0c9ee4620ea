import { create } from 'zustand'
import type { ChatId, PoolId } from '../../../node/contract/ids.ts'
import { updateSettings } from '../../state/settings.ts'

/** Where the next question of one chat goes. */
export interface ChosenFor {
  readonly model?: string
  readonly poolId?: PoolId
}

interface Choices {
  readonly of: Readonly<Partial<Record<ChatId, ChosenFor>>>
}

export const useChoices = create<Choices>()(() => ({ of: {} }))

/** Keeps a choice with its chat while the window is open. */
export function keepChoice(chatId: ChatId, chosen: ChosenFor): void {
  useChoices.setState(({ of }) => ({ of: { ...of, [chatId]: { ...of[chatId], ...chosen } } }))
}

/** Takes what was picked: for this chat, and as the last choice, with which the next new chat begins. */
export function choose(chatId: ChatId | null, chosen: ChosenFor): void {
  const { model, poolId } = chosen
  if (chatId !== null) keepChoice(chatId, chosen)
  void updateSettings({ ...(model && { chatModel: model }), ...(poolId && { chatPoolId: poolId }) })
}

export function forgetChoice(chatId: ChatId): void {
  useChoices.setState(({ of }) => {
    const left: Partial<Record<ChatId, ChosenFor>> = { ...of }
    delete left[chatId]
    return { of: left }
  })
}

/** After logging out. */
export function forgetChoices(): void {
  useChoices.setState({ of: {} })
}
