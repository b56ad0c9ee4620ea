import type { NamedModel } from '../base/model-name.ts'
import type { GenerationPort } from './messages/generation.ts'

/** This computer's own processor, as the gateway beside it sees it. */
export interface LocalProcessor extends GenerationPort {
  /** What engines here can run, shared or not. */
  models(): readonly NamedModel[]
  load(): { readonly active: number; readonly waiting: number; readonly slots: number }
}
