import type { Child, SpawnChild } from '../../base/child.ts'
import { delay } from '../../base/deadline.ts'
import type { Log } from '../../base/log.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { fromLlamaSchema, type FromLlama, type ToLlama } from './llama-messages.ts'

const readyDeadlineMs = 30_000
const firstBackOffMs = 250
const maxBackOffMs = 30_000

/** Messages of the child; `crashed` tells waiting callers that it died. */
export type FromProcess = FromLlama | { readonly type: 'crashed' }

/**
 * The llama.cpp child as the peer sees it: started on demand, watched, and started again after a crash,
 * each time after a longer delay.
 */
export class LlamaProcess {
  readonly #options: { spawnChild: SpawnChild; modulePath: string; log: Log; onCrash: () => void }
  readonly #listeners = new Map<number, (message: FromProcess) => void>()
  #child: Child | null = null
  #starting: Promise<Result<void>> | null = null
  #lastId = 0
  #crashes = 0
  #stop = new AbortController()

  constructor(options: { spawnChild: SpawnChild; modulePath: string; log: Log; onCrash: () => void }) {
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#child !== null
  }

  /** Starts the child unless it runs; after a crash it waits for the back-off first. */
  start(): Promise<Result<void>> {
    if (this.#stop.signal.aborted) return Promise.resolve(unavailable('Kith is closing'))
    if (this.#child) return Promise.resolve(ok())
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null
    })
    return this.#starting
  }

  async #start(): Promise<Result<void>> {
    if (this.#crashes > 0) {
      const backOffMs = Math.min(firstBackOffMs * 2 ** (this.#crashes - 1), maxBackOffMs)
      if (!(await delay(backOffMs, this.#stop.signal))) return unavailable('Kith is closing')
    }
    const child = this.#options.spawnChild({ modulePath: this.#options.modulePath, name: 'Kith model engine' })
    const isReady = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), readyDeadlineMs)
      this.#stop.signal.addEventListener('abort', () => resolve(false), { once: true })
      child.onExit(() => {
        clearTimeout(timer)
        resolve(false)
        this.#exited(child)
      })
      child.onMessage((message) => {
        const parsed = fromLlamaSchema.safeParse(message)
        if (!parsed.success) return
        if (parsed.data.type === 'ready') {
          clearTimeout(timer)
          this.#child = child
          resolve(true)
        } else this.#listeners.get(parsed.data.id)?.(parsed.data)
      })
    })
    if (isReady) return ok()
    child.kill()
    this.#crashes += 1
    return unavailable('its process did not start')
  }

  #exited(child: Child): void {
    if (this.#child !== child) return
    this.#child = null
    this.#crashes += 1
    this.#options.log.warn({ crashes: this.#crashes }, 'the model engine process ended')
    this.#failAll()
    if (this.#stop.signal.aborted) return
    this.#options.onCrash()
    // Started again at once (after the back-off), so that the next request does not wait for it.
    void this.start()
  }

  /** A generation succeeded: the back-off starts over. */
  proveSound(): void {
    this.#crashes = 0
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  listen(id: number, listener: (message: FromProcess) => void): () => void {
    this.#listeners.set(id, listener)
    return () => this.#listeners.delete(id)
  }

  send(message: ToLlama): void {
    this.#child?.send(message)
  }

  /** Ends the child on purpose: not a crash. It starts again when it is needed. */
  kill(): void {
    const child = this.#child
    this.#child = null
    child?.kill()
    this.#failAll()
  }

  stop(): void {
    this.#stop.abort()
    this.kill()
  }

  #failAll(): void {
    for (const listener of [...this.#listeners.values()]) listener({ type: 'crashed' })
  }
}

function unavailable(reason: string): Result<void> {
  return fail('engine_failed', { engine: 'The built-in engine', reason })
}
