import type { Log } from '../../base/log.ts'
import { storageFailure } from '../../base/files.ts'
import { kithError, type KithError } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Download as DownloadState } from '../../contract/state.ts'
import type { CatalogueEntry } from '../models/catalogue.ts'
import { busyElsewhere, failedState, runDownload } from './download.ts'
import { DownloadFiles } from './download-files.ts'
import { defaultSourceTimes, type SourceTimes } from './download-source.ts'
import { freeDiskBytes } from '../models/disk-space.ts'
import { readGgufHeader } from '../models/gguf-header.ts'
import { bytesInWords } from '../models/memory-fit.ts'
import type { ModelStore } from '../models/model-store.ts'
import { sizeOfFile } from './package-fetch.ts'

const progressIntervalMs = 250

interface Running {
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** All downloads of the catalogue: started, paused, and resumed after a restart. */
export class Downloads {
  readonly #store: ModelStore
  readonly #log: Log
  readonly #times: SourceTimes
  readonly #onChange: () => void
  readonly #onReady: () => Promise<void>
  readonly #states = new Map<string, DownloadState>()
  readonly #entries = new Map<string, CatalogueEntry>()
  readonly #running = new Map<string, Running>()
  #freeDiskBytes: number | null = null
  #announceTimer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: {
    store: ModelStore
    log: Log
    onChange: () => void
    onReady: () => Promise<void>
    times?: SourceTimes
  }) {
    this.#store = options.store
    this.#log = options.log
    this.#times = options.times ?? defaultSourceTimes
    this.#onChange = options.onChange
    this.#onReady = options.onReady
  }

  /** Downloads that an earlier run left unfinished show as paused. */
  async open(entries: readonly CatalogueEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#entries.set(entry.catalogueId, entry)
      const files = this.#files(entry)
      if (await files.isStarted(entry)) await this.#showPaused(entry)
    }
  }

  async #showPaused(entry: CatalogueEntry): Promise<void> {
    const receivedBytes = await sizeOfFile(this.#files(entry).partPath)
    const { sizeBytes } = entry
    this.#show(entry, { state: 'paused', receivedBytes, totalBytes: sizeBytes, bytesPerSecond: 0, source: '' })
  }

  stateOf(catalogueId: string): DownloadState {
    return this.#states.get(catalogueId) ?? { state: 'none' }
  }

  async lookAtDisk(): Promise<void> {
    this.#freeDiskBytes = await freeDiskBytes(this.#store.folder)
  }

  /** As of the last check; null where the system does not report it. */
  get freeDiskBytes(): number | null {
    return this.#freeDiskBytes
  }

  /** Null when the rest of the file fits on the disk, as of the last check. */
  diskMisfit(entry: CatalogueEntry): KithError | null {
    const state = this.stateOf(entry.catalogueId)
    const haveBytes = 'receivedBytes' in state ? state.receivedBytes : 0
    const neededBytes = entry.sizeBytes - haveBytes
    const freeBytes = this.#freeDiskBytes
    if (freeBytes === null || neededBytes <= freeBytes) return null
    return kithError('disk_full', { needed: bytesInWords(neededBytes), free: bytesInWords(freeBytes) })
  }

  /** Starts or resumes; resolves when it has begun, not when it is done. */
  async start(entry: CatalogueEntry): Promise<Result<void>> {
    const { catalogueId } = entry
    if (this.#isClosed) return fail('stopped')
    if (this.#store.list().some((model) => model.sha256 === entry.sha256)) return ok()
    await this.lookAtDisk()
    const misfit = this.diskMisfit(entry)
    if (misfit) return { ok: false, error: misfit }
    const receivedBytes = await sizeOfFile(this.#files(entry).partPath)
    const totalBytes = entry.sizeBytes
    if (this.#running.has(catalogueId)) return ok()
    this.#show(entry, { state: 'downloading', receivedBytes, totalBytes, bytesPerSecond: 0, source: '' })
    const stop = new AbortController()
    const ended = this.#run(entry, stop.signal)
      .catch((cause: unknown) => {
        this.#log.error({ catalogueId, cause }, 'a download ended by a bug')
        this.#show(entry, failedState(kithError('internal', { reference: 'download' }), 0, entry.sizeBytes))
      })
      .finally(() => this.#running.delete(catalogueId))
    this.#running.set(catalogueId, { stop, ended })
    return ok()
  }

  async #run(entry: CatalogueEntry, signal: AbortSignal): Promise<void> {
    const files = this.#files(entry)
    const result = await this.#fetch(entry, files, signal).catch(async (cause: unknown) =>
      storageFailure(cause, this.#store.folder, entry.sizeBytes),
    )
    if (signal.aborted) {
      if (!this.#isClosed && (await files.isStarted(entry))) await this.#showPaused(entry)
      return
    }
    if (result.ok) {
      this.#states.delete(entry.catalogueId)
      await this.#onReady()
      this.#onChange()
    } else this.#show(entry, failedState(result.error, await sizeOfFile(files.partPath), entry.sizeBytes))
  }

  async #fetch(entry: CatalogueEntry, files: DownloadFiles, signal: AbortSignal): Promise<Result<void>> {
    if (!(await files.lock())) return { ok: false, error: busyElsewhere(entry) }
    try {
      const begun = await files.begin(entry)
      if (!begun.ok) return begun
      const onChange = (state: DownloadState): void => this.#show(entry, state)
      const options = { entry, partPath: files.partPath, times: this.#times, log: this.#log, onChange }
      const fetched = await runDownload(options, signal)
      return fetched.ok ? await this.#keep(entry, files) : fetched
    } finally {
      await files.unlock()
    }
  }

  /** The checked file becomes a model of the store. */
  async #keep(entry: CatalogueEntry, files: DownloadFiles): Promise<Result<void>> {
    const header = await readGgufHeader(files.partPath)
    if (!header.ok) return header
    const added = await this.#store.add(files.partPath, `${entry.catalogueId}.gguf`, {
      name: entry.name,
      sha256: entry.sha256,
      sizeBytes: entry.sizeBytes,
      contextTokens: Math.min(entry.contextTokens, header.value.contextTokens ?? entry.contextTokens),
      memoryBytes: entry.memoryBytes,
      hasChatTemplate: header.value.hasChatTemplate,
      template: entry.template,
      catalogueId: entry.catalogueId,
    })
    if (!added.ok) return added
    await files.discard()
    return ok()
  }

  async pause(catalogueId: string): Promise<Result<void>> {
    await this.#end(catalogueId)
    return ok()
  }

  /** Stops and deletes what was received. */
  async cancel(catalogueId: string): Promise<Result<void>> {
    await this.#end(catalogueId)
    const entry = this.#entries.get(catalogueId)
    if (!entry) return fail('model_unknown', { model: catalogueId })
    try {
      await this.#files(entry).discard()
    } catch (cause) {
      return storageFailure(cause, this.#store.folder, 0)
    }
    this.#states.delete(catalogueId)
    this.#onChange()
    return ok()
  }

  /** Stops everything; the next start resumes from what was received. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#announceTimer)
    await Promise.all([...this.#running.keys()].map((catalogueId) => this.#end(catalogueId)))
  }

  async #end(catalogueId: string): Promise<void> {
    const running = this.#running.get(catalogueId)
    running?.stop.abort()
    await running?.ended
  }

  #files(entry: CatalogueEntry): DownloadFiles {
    return new DownloadFiles(this.#store.folder, entry)
  }

  #show(entry: CatalogueEntry, state: DownloadState): void {
    const before = this.#states.get(entry.catalogueId)
    this.#states.set(entry.catalogueId, state)
    const isOnlyProgress = before?.state === 'downloading' && state.state === 'downloading'
    // Progress arrives with every chunk; announcing it a few times a second is enough.
    if (isOnlyProgress) this.#announceTimer ??= setTimeout(() => this.#announce(), progressIntervalMs)
    else this.#announce()
  }

  #announce(): void {
    clearTimeout(this.#announceTimer)
    this.#announceTimer = undefined
    if (!this.#isClosed) this.#onChange()
  }
}
