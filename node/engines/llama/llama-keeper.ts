import type { KithError } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { LlamaProcess } from './llama-process.ts'
import { bytesInWords, memoryMisfit, type MachineMemory } from '../models/memory-fit.ts'
import type { StoredModel } from '../models/stored-model.ts'

const loadDeadlineMs = 180_000
const tinyModelBytes = 64 * 1024 * 1024

export type EmbeddedState = 'idle' | 'loading' | 'ready' | 'failed'

export interface LlamaSettings {
  readonly gpu: 'auto' | 'off'
  readonly maxContextTokens: number
  /** Undefined chooses by the model's size and the computer. */
  readonly threads?: number | undefined
  readonly cores: number
}

/** Keeps one model loaded in the child, and knows which. */
export class LlamaKeeper {
  readonly #process: LlamaProcess
  readonly #settings: LlamaSettings
  readonly #memory: MachineMemory
  readonly #onChange: () => void
  #gpu: 'auto' | 'off'
  #loaded: StoredModel | null = null
  state: EmbeddedState = 'idle'
  error: KithError | null = null

  constructor(options: {
    process: LlamaProcess
    settings: LlamaSettings
    memory: MachineMemory
    onChange: () => void
  }) {
    this.#process = options.process
    this.#settings = options.settings
    this.#gpu = options.settings.gpu
    this.#memory = options.memory
    this.#onChange = options.onChange
  }

  holds(model: string): boolean {
    return this.#process.isRunning && this.#loaded?.name === model
  }

  /** Loads the model unless it is loaded. A fired signal ends the child, the only reliable way to abort a load. */
  async load(model: StoredModel, signal: AbortSignal): Promise<Result<void>> {
    if (this.holds(model.name)) return ok()
    this.#enter('loading', null)
    let done = await this.#startAndLoad(model, signal)
    if (!done.ok && done.error.code === 'engine_crashed' && this.#gpu === 'auto') {
      // A graphics driver can crash the process; the CPU alone is slower but safe.
      this.#gpu = 'off'
      done = await this.#startAndLoad(model, signal)
    }
    if (done.ok) {
      this.#loaded = model
      this.#enter('ready', null)
    } else if (signal.aborted) this.#enter('idle', null)
    else this.#enter('failed', done.error)
    return done
  }

  async #startAndLoad(model: StoredModel, signal: AbortSignal): Promise<Result<void>> {
    const started = await this.#process.start()
    return started.ok ? this.#loadInto(model, signal) : started
  }

  async #loadInto(model: StoredModel, signal: AbortSignal): Promise<Result<void>> {
    // Unloaded first, so that its memory counts as free.
    if (this.#loaded) await this.unload()
    const misfit = memoryMisfit(model.name, model.memoryBytes, this.#memory)
    if (misfit) return { ok: false, error: misfit }
    const id = this.#process.nextId()
    return new Promise<Result<void>>((resolve) => {
      const end = (result: Result<void>): void => {
        unlisten()
        clearTimeout(timer)
        signal.removeEventListener('abort', cut)
        resolve(result)
      }
      const cut = (): void => {
        end(fail('stopped'))
        this.#process.kill()
      }
      const timer = setTimeout(() => {
        end(fail('engine_failed', { engine: 'The built-in engine', reason: 'the model took too long to load' }))
        this.#process.kill()
      }, loadDeadlineMs)
      const unlisten = this.#process.listen(id, (message) => {
        if (message.type === 'loaded') end(ok())
        else if (message.type === 'crashed') end(fail('engine_crashed'))
        else if (message.type === 'failed') {
          if (message.problem === 'does_not_fit') {
            const free = bytesInWords(this.#memory.freeBytes())
            end(fail('model_does_not_fit', { model: model.name, needed: bytesInWords(model.memoryBytes), free }))
          } else if (message.problem === 'corrupt') {
            end(fail('model_corrupt', { file: model.file, reason: message.reason }))
          } else end(fail('engine_failed', { engine: 'The built-in engine', reason: message.reason }))
        }
      })
      signal.addEventListener('abort', cut, { once: true })
      if (signal.aborted) return cut()
      this.#process.send({
        type: 'load',
        id,
        path: model.path,
        contextTokens: Math.min(
          model.contextTokens ?? this.#settings.maxContextTokens,
          this.#settings.maxContextTokens,
        ),
        // On shared cores a second thread makes a tiny model many times slower.
        threads:
          model.sizeBytes < tinyModelBytes ? 1 : (this.#settings.threads ?? Math.max(1, this.#settings.cores >> 1)),
        gpu: this.#gpu,
      })
    })
  }

  /** Frees the memory; resolves when the child has replied or exited. */
  async unload(): Promise<void> {
    const had = this.#loaded
    this.#loaded = null
    if (had && this.#process.isRunning) {
      const id = this.#process.nextId()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => this.#process.kill(), 5_000)
        const unlisten = this.#process.listen(id, () => {
          clearTimeout(timer)
          unlisten()
          resolve()
        })
        this.#process.send({ type: 'unload', id })
      })
    }
    if (had) this.#enter('idle', null)
  }

  /** The child is gone, and the loaded model with it. */
  forget(): void {
    this.#loaded = null
    this.#enter('idle', null)
  }

  #enter(state: EmbeddedState, error: KithError | null): void {
    this.state = state
    this.error = error
    this.#onChange()
  }
}
