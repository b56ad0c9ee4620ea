import { create } from 'zustand'
import type { ChatId } from '../../node/contract/ids.ts'

export const views = ['chat', 'share', 'keys', 'usage', 'pool', 'models', 'settings', 'account'] as const
export type View = (typeof views)[number]

interface Navigation {
  readonly view: View
  /** The chat on screen; null is a chat that has not begun. */
  readonly chatId: ChatId | null
  /** Counts the chats that were begun, so that each new one is another. */
  readonly newChat: number
  /** Below a certain width the side bar is a drawer. */
  readonly isDrawerOpen: boolean
}

/** One chat in this window: its id, or a number while it has not begun. Two places share nothing on screen. */
export type ChatPlace = ChatId | `new-${number}`

const atFirst: Navigation = { view: 'chat', chatId: null, newChat: 0, isDrawerOpen: false }

export const useNavigation = create<Navigation>()(() => atFirst)

function placeIn({ chatId, newChat }: Pick<Navigation, 'chatId' | 'newChat'>): ChatPlace {
  return chatId === null ? `new-${newChat}` : chatId
}

/** The place of a chat; for null, that of the new chat on screen. */
export function placeOfChat(chatId: ChatId | null): ChatPlace {
  return placeIn({ chatId, newChat: useNavigation.getState().newChat })
}

/** The place of the chat on screen. */
export function useChatPlace(): ChatPlace {
  return useNavigation(placeIn)
}

/** Shows one of the main views. */
export function goTo(view: View): void {
  useNavigation.setState({ view, isDrawerOpen: false })
}

/** Shows a chat; null shows an empty one, which is another each time. */
export function showChat(chatId: ChatId | null): void {
  useNavigation.setState(({ newChat }) => ({
    view: 'chat',
    chatId,
    newChat: chatId === null ? newChat + 1 : newChat,
    isDrawerOpen: false,
  }))
}

/** Leaves the chat on screen, where it was removed, for an empty one. The view stays. */
export function leaveChat(): void {
  useNavigation.setState(({ newChat }) => ({ chatId: null, newChat: newChat + 1 }))
}

export function setDrawerOpen(isDrawerOpen: boolean): void {
  useNavigation.setState({ isDrawerOpen })
}

/** Back to the beginning, after logging out. */
export function resetNavigation(): void {
  showChat(null)
}
