import { create } from 'zustand'
import type { KithError } from '../../node/contract/errors.ts'
import { sentenceOf } from '../locales/error-sentence.ts'

export interface Notice {
  readonly id: number
  readonly tone: 'plain' | 'problem'
  readonly text: string
}

interface Notices {
  readonly shown: readonly Notice[]
}

/** Problems shown at once; more nobody reads. */
const maxShown = 4
let lastId = 0

export const useNotices = create<Notices>()(() => ({ shown: [] }))

/** Shows a sentence for a while. Good news replaces the good news before it; problems stay for their time. */
export function notify(text: string, tone: Notice['tone'] = 'plain'): void {
  lastId += 1
  const notice: Notice = { id: lastId, tone, text }
  useNotices.setState(({ shown }) => ({
    shown: [...shown.filter((old) => old.tone === 'problem' && old.text !== text), notice].slice(-maxShown),
  }))
}

/** Shows an expected failure that has no better place on screen. */
export function notifyProblem(error: KithError): void {
  notify(sentenceOf(error), 'problem')
}

/** What was said of one page is over when another is shown. */
export function dismissAllNotices(): void {
  useNotices.setState({ shown: [] })
}

export function dismissNotice(id: number): void {
  useNotices.setState(({ shown }) => ({ shown: shown.filter((notice) => notice.id !== id) }))
}
