import { create } from 'zustand'

interface AskedLink {
  readonly url: string | null
}

/** The link of an answer the person wants to open and has not confirmed yet. */
export const useAskedLink = create<AskedLink>()(() => ({ url: null }))

export function askToOpen(url: string | null): void {
  useAskedLink.setState({ url })
}
