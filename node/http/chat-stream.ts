import type { ChatCompletionChunk, CompletionUsage, FinishReason } from './schemas.ts'
import type { EventStream } from './sse.ts'

/** What all chunks of one completion have in common. */
export interface ChunkHead {
  readonly id: string
  readonly created: number
  readonly model: string
  /** Whether the caller asked for the totals: then every chunk speaks of them. */
  readonly wantsUsage: boolean
}

/** Writes one completion as chunks of the OpenAI API. */
export class ChunkWriter {
  #hasBegun = false

  constructor(
    private readonly stream: EventStream,
    private readonly head: ChunkHead,
  ) {}

  async text(content: string): Promise<void> {
    await this.#begin()
    await this.stream.data(this.#chunk({ content }, null))
  }

  async finish(finishReason: FinishReason, usage: CompletionUsage): Promise<void> {
    await this.#begin()
    await this.stream.data(this.#chunk({}, finishReason))
    if (this.head.wantsUsage) await this.stream.data({ ...this.#chunk({}, null), choices: [], usage })
    await this.stream.done()
  }

  async #begin(): Promise<void> {
    if (this.#hasBegun) return
    this.#hasBegun = true
    await this.stream.data(this.#chunk({ role: 'assistant', content: '' }, null))
  }

  #chunk(
    delta: ChatCompletionChunk['choices'][number]['delta'],
    finishReason: FinishReason | null,
  ): ChatCompletionChunk {
    const { id, created, model, wantsUsage } = this.head
    return {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(wantsUsage ? { usage: null } : {}),
    }
  }
}
