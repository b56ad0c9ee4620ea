import { availableParallelism } from 'node:os'
import type { SpawnChild } from '../base/child.ts'
import { CodedError } from '../base/coded-error.ts'
import { withDeadline } from '../base/deadline.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import type { KithError } from '../contract/errors.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { AppState, EngineSlots, Model } from '../contract/state.ts'
import { catalogue as ownCatalogue, type CatalogueEntry } from './models/catalogue.ts'
import { catalogueSlice } from './models/catalogue-slice.ts'
import { Downloads } from './downloads/downloads.ts'
import type { Engine } from './engine.ts'
import { HubEngines } from './hub-engines.ts'
import { LlamaEngine } from './llama/llama-engine.ts'
import { machineMemory as ownMemory, type MachineMemory } from './models/memory-fit.ts'
import { graphicsMemory } from './models/graphics-memory.ts'
import { importModel } from './models/model-import.ts'
import { ModelStore } from './models/model-store.ts'
import { suggestModels } from './models/suggestions.ts'
import { ollamaUrl } from './ollama/ollama-client.ts'
import { OllamaEngine } from './ollama/ollama-engine.ts'

const pollIntervalMs = 3_000
const firstLookDeadlineMs = 1_500
const defaultContextTokens = 8_192

export interface EngineHubOptions {
  readonly modelsDir: string
  readonly spawnChild: SpawnChild
  readonly llamaChildPath: string
  /** Undefined takes OLLAMA_HOST, or Ollama's own default. */
  readonly ollamaUrl?: string | undefined
  readonly serverUrls: readonly string[]
  readonly log: Log
  readonly machineMemory?: MachineMemory | undefined
  /** Memory of the graphics card; the drivers are asked unless given. */
  readonly graphicsMemory?: ((signal: AbortSignal) => Promise<number | null>) | undefined
  readonly catalogue?: readonly CatalogueEntry[] | undefined
  readonly pollIntervalMs?: number | undefined
  readonly gpu?: 'auto' | 'off' | undefined
  readonly threads?: number | undefined
  readonly maxContextTokens?: number | undefined
}

/** All engines of this computer behind one interface, with the catalogue, downloads and imports. */
export class EngineHub implements Facility {
  readonly name = 'engines'
  readonly needs: readonly string[] = []
  readonly #options: EngineHubOptions
  readonly #store: ModelStore
  readonly #engines: HubEngines
  readonly #embedded: LlamaEngine
  readonly #downloads: Downloads
  readonly #memory: MachineMemory
  readonly #catalogue: readonly CatalogueEntry[]
  readonly #changed = new Listeners()
  readonly #notices = new Listeners<KithError>()
  readonly #refreshing = new Serial()
  readonly #stop = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #lastSeen = ''
  #graphicsBytes: number | null = null

  constructor(options: EngineHubOptions) {
    this.#options = options
    this.#memory = options.machineMemory ?? ownMemory
    this.#catalogue = options.catalogue ?? ownCatalogue
    this.#store = new ModelStore(options.modelsDir, options.log)
    const { gpu = 'auto', threads, maxContextTokens = defaultContextTokens } = options
    this.#embedded = new LlamaEngine({
      spawnChild: options.spawnChild,
      modulePath: options.llamaChildPath,
      log: options.log,
      memory: this.#memory,
      settings: { gpu, threads, maxContextTokens, cores: availableParallelism() },
      models: () => this.#store.list(),
      onChange: () => this.#announce(),
      onNotice: (error) => this.#notices.emit(error),
    })
    this.#engines = new HubEngines(this.#embedded, new OllamaEngine({ url: ollamaUrl(options.ollamaUrl) }))
    this.#downloads = new Downloads({
      store: this.#store,
      log: options.log,
      onChange: () => this.#announce(),
      // A new model can be used at once, not only after the next refresh.
      onReady: () => this.refresh().then(() => undefined),
    })
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const opened = await this.#store.open()
    if (!opened.ok) throw new CodedError(opened.error)
    await this.#downloads.open(this.#catalogue)
    this.#lookForGraphics()
    for (const url of this.#options.serverUrls) {
      const added = this.#engines.addServer(url)
      if (!added.ok) this.#notices.emit(added.error)
    }
    // A slow server must not delay the start; the first refresh then continues in the background.
    await withDeadline(this.refresh(), firstLookDeadlineMs)
    this.#schedule()
  }

  /** Asks the drivers once; what is suggested follows as soon as they have answered. */
  #lookForGraphics(): void {
    const asked = this.#options.graphicsMemory ?? graphicsMemory
    asked(this.#stop.signal).then(
      (bytes) => {
        this.#graphicsBytes = bytes
        if (!this.#stop.signal.aborted) this.#announce()
      },
      (cause: unknown) => this.#options.log.warn({ cause }, 'asking for the graphics card'),
    )
  }

  #schedule(): void {
    if (this.#stop.signal.aborted) return
    this.#timer = setTimeout(() => {
      void this.refresh().finally(() => this.#schedule())
    }, this.#options.pollIntervalMs ?? pollIntervalMs)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    if (this.#timer) clearTimeout(this.#timer)
    this.#embedded.stop()
    await this.#downloads.close()
    await this.#refreshing.idle()
  }

  suspend(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    return Promise.resolve()
  }

  async resume(): Promise<void> {
    if (this.#timer !== null) return
    await withDeadline(this.refresh(), firstLookDeadlineMs)
    this.#schedule()
  }

  health(): Health {
    const embedded = this.#embedded.health()
    return embedded.state === 'ok' ? healthy : embedded
  }

  /** Models any engine here can run, as last listed. */
  models(): readonly Model[] {
    return this.#engines.models()
  }

  modelsSlice(): AppState['models'] {
    const local = [...this.#engines.models()]
    const room = {
      memoryBytes: this.#memory.freeBytes(),
      graphicsBytes: this.#graphicsBytes,
      diskBytes: this.#downloads.freeDiskBytes,
    }
    const suggestions = suggestModels({ room, catalogue: this.#catalogue, present: local })
    const catalogue = catalogueSlice(this.#catalogue, this.#store, this.#downloads, this.#memory, suggestions)
    return { local, catalogue, suggestions }
  }

  enginesSlice(): AppState['engines'] {
    return this.#engines.slice()
  }

  /** Fires after either slice changed. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Fires when something happened that a person should read once, for example a crash and restart. */
  onNotice(listener: (error: KithError) => void): () => void {
    return this.#notices.add(listener)
  }

  /** The engine that has this model; null when none has. */
  engineFor(model: string): Engine | null {
    return this.#engines.engineFor(model)
  }

  refresh(): Promise<Result<void>> {
    return this.#refreshing.run(async () => {
      if (this.#stop.signal.aborted) return ok()
      const scanned = await this.#store.scan()
      await this.#downloads.lookAtDisk()
      await this.#engines.refresh(this.#stop.signal)
      this.#announce()
      return scanned
    })
  }

  /** A server that is there already gets the key, where one is given. */
  async addServer(url: string, apiKey: string | null = null): Promise<Result<void>> {
    const added = this.#engines.addServer(url, apiKey)
    return added.ok ? this.refresh() : added
  }

  async removeServer(url: string): Promise<Result<void>> {
    const removed = this.#engines.removeServer(url)
    return removed.ok ? this.refresh() : removed
  }

  /** How many requests each engine gets at once; one that is not named has its usual number. */
  setSlots(slots: EngineSlots): void {
    this.#engines.setSlots(slots)
    this.#announce()
  }

  async download(catalogueId: string): Promise<Result<void>> {
    const entry = this.#catalogue.find((candidate) => candidate.catalogueId === catalogueId)
    return entry ? this.#downloads.start(entry) : fail('model_unknown', { model: catalogueId })
  }

  pauseDownload(catalogueId: string): Promise<Result<void>> {
    return this.#downloads.pause(catalogueId)
  }

  cancelDownload(catalogueId: string): Promise<Result<void>> {
    return this.#downloads.cancel(catalogueId)
  }

  async importModel(path: string): Promise<Result<{ name: string }>> {
    const maxContextTokens = this.#options.maxContextTokens ?? defaultContextTokens
    const imported = await importModel(this.#store, path, maxContextTokens, this.#stop.signal)
    if (imported.ok) await this.refresh()
    return imported
  }

  async removeModel(name: string): Promise<Result<void>> {
    const unloaded = await this.#embedded.unload(name)
    if (!unloaded.ok) return unloaded
    const removed = await this.#store.remove(name)
    await this.refresh()
    return removed
  }

  /** Notifies the listeners only when something they can see has changed. */
  #announce(): void {
    const seen = JSON.stringify([this.modelsSlice(), this.enginesSlice()])
    if (seen === this.#lastSeen) return
    this.#lastSeen = seen
    this.#changed.emit()
  }
}
