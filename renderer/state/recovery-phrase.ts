import { create } from 'zustand'

interface PhraseState {
  /** Held only until the person says it is written down; never stored. */
  readonly phrase: string | null
}

export const useRecoveryPhrase = create<PhraseState>()(() => ({ phrase: null }))

export function holdRecoveryPhrase(phrase: string): void {
  useRecoveryPhrase.setState({ phrase })
}

export function forgetRecoveryPhrase(): void {
  useRecoveryPhrase.setState({ phrase: null })
}
