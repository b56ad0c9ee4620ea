import type { GenerationPort } from './messages/generation.ts'

/** This computer's own processor, as the gateway beside it sees it. */
export interface LocalProcessor extends GenerationPort {
  /** Whether an engine here has the model, shared or not. */
  offers(model: string): boolean
  load(): { readonly active: number; readonly waiting: number; readonly slots: number }
}
