import { create } from 'zustand'
import type { ChatId } from '../../node/contract/ids.ts'

export const views = ['chat', 'share', 'keys', 'usage', 'pool', 'models', 'settings', 'account'] as const
export type View = (typeof views)[number]

interface Navigation {
  readonly view: View
  /** The chat on screen; null is a chat that has not begun. */
  readonly chatId: ChatId | null
  /** Below a certain width the side bar is a drawer. */
  readonly isDrawerOpen: boolean
}

export const useNavigation = create<Navigation>()(() => ({ view: 'chat', chatId: null, isDrawerOpen: false }))

/** Shows one of the main views. */
export function goTo(view: View): void {
  useNavigation.setState({ view, isDrawerOpen: false })
}

/** Shows a chat; null shows an empty one. */
export function showChat(chatId: ChatId | null): void {
  useNavigation.setState({ view: 'chat', chatId, isDrawerOpen: false })
}

export function setDrawerOpen(isDrawerOpen: boolean): void {
  useNavigation.setState({ isDrawerOpen })
}

/** Back to the beginning, after logging out. */
export function resetNavigation(): void {
  useNavigation.setState({ view: 'chat', chatId: null, isDrawerOpen: false })
}
