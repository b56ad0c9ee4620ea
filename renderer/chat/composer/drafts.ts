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

/** Puts a question back where it was typed, before what was typed since. */
export function giveBackDraft(chatId: ChatId | null, text: string): void {
  const since = useDrafts.getState().texts[chatId ?? newChat] ?? ''
  setDraft(chatId, since.trim() === '' ? text : `${text}\n\n${since}`)
}

/** What was typed while a new chat began belongs to that chat. */
export function moveDraft(from: ChatId | null, to: ChatId): void {
  setDraft(to, useDrafts.getState().texts[from ?? newChat] ?? '')
  setDraft(from, '')
}

export function forgetDrafts(): void {
  useDrafts.setState({ texts: {} })
}
