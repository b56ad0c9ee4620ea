import { InsufficientMemoryError } from 'node-llama-cpp'
import { assertNever } from '../../contract/result.ts'
import type { LlamaRuntime, LoadedModel } from './llama-loader.ts'
import type { AskMessage, FromLlama, LoadMessage, ToLlama } from './llama-messages.ts'
import { ContextTooLong, generate } from './llama-generation.ts'
import { loadModel, ModelUnreadable, startRuntime } from './llama-loader.ts'

/** Inside the child: one model at a time, one request at a time, in the order they came. */
export class LlamaHost {
  readonly #send: (message: FromLlama) => void
  readonly #stops = new Map<number, AbortController>()
  #runtime: LlamaRuntime | null = null
  #model: LoadedModel | null = null
  #work: Promise<void> = Promise.resolve()

  constructor(send: (message: FromLlama) => void) {
    this.#send = send
  }

  receive(message: ToLlama): void {
    switch (message.type) {
      case 'load':
        return this.#enqueue(message.id, () => this.#load(message))
      case 'unload':
        return this.#enqueue(message.id, async () => {
          await this.#unload()
          this.#send({ type: 'unloaded', id: message.id })
        })
      case 'ask':
        this.#stops.set(message.id, new AbortController())
        return this.#enqueue(message.id, () => this.#ask(message))
      case 'stop':
        this.#stops.get(message.id)?.abort()
        return
      default:
        assertNever(message)
    }
  }

  #enqueue(id: number, job: () => Promise<void>): void {
    this.#work = this.#work.then(job).catch((cause: unknown) => this.#send(failure(id, cause)))
  }

  async #load(message: LoadMessage): Promise<void> {
    await this.#unload()
    this.#runtime ??= await startRuntime(message.gpu)
    this.#model = await loadModel(this.#runtime, message)
    this.#send({ type: 'loaded', id: message.id, contextTokens: this.#model.contextTokens })
  }

  async #unload(): Promise<void> {
    const model = this.#model
    this.#model = null
    await model?.dispose()
  }

  async #ask(message: AskMessage): Promise<void> {
    const stop = this.#stops.get(message.id) ?? new AbortController()
    try {
      if (!this.#model) throw new Error('no model is loaded')
      const end = await generate(
        this.#model,
        message,
        stop.signal,
        (text, tokens) => this.#send({ type: 'text', id: message.id, text, tokens }),
        () => this.#send({ type: 'reading', id: message.id }),
      )
      this.#send({ type: 'end', id: message.id, ...end })
    } finally {
      this.#stops.delete(message.id)
    }
  }
}

function failure(id: number, cause: unknown): FromLlama {
  const reason = (cause instanceof Error ? cause.message : String(cause)).slice(0, 1_000)
  if (cause instanceof ContextTooLong) {
    const { limitTokens, promptTokens } = cause
    return { type: 'failed', id, problem: 'context_too_long', reason, limitTokens, promptTokens }
  }
  const isMemory = cause instanceof InsufficientMemoryError
  const problem = isMemory ? 'does_not_fit' : cause instanceof ModelUnreadable ? 'corrupt' : 'other'
  return { type: 'failed', id, problem, reason, limitTokens: 0, promptTokens: 0 }
}
