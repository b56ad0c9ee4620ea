import { create } from 'zustand'
import type { ChatId } from '../../../node/contract/ids.ts'

interface Drafts {
  readonly texts: Readonly<Record<string, string>>
}

const newChat = 'new'
const useDrafts = create<Drafts>()(() => ({ texts: {} }))

/** What is typed and not sent yet, kept for each chat while the window is open. */
export function useDraft(chatId: ChatId | null): string {
  return useDrafts(({ texts }) => texts[chatId ?? newChat] ?? '')
}

export function setDraft(chatId: ChatId | null, text: string): void {
  useDrafts.setState(({ texts }) => ({ texts: { ...texts, [chatId ?? newChat]: text } }))
}

export function forgetDrafts(): void {
  useDrafts.setState({ texts: {} })
}
