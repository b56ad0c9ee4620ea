import { create } from 'zustand'
import type { Question } from './ask-store.ts'

/** A question that waits until the person has read who could see it. */
export interface HeldQuestion {
  readonly input: Question
  readonly readers: readonly string[]
}

interface PrivacyState {
  readonly held: HeldQuestion | null
}

export const usePrivacy = create<PrivacyState>()(() => ({ held: null }))

export function holdForPrivacy(held: HeldQuestion | null): void {
  usePrivacy.setState({ held })
}
