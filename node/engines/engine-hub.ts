import type { Facility } from '../base/facility.ts'
import type { AppState, Model } from '../contract/state.ts'
import type { Result } from '../contract/result.ts'
import type { GenerationPart, ChatRequest, Engine } from './engine.ts'

/** All engines of this computer behind one door, with the catalogue, downloads and imports. */
export interface EngineHub extends Facility {
  /** Models any engine here can answer with, as last listed. */
  models(): readonly Model[]
  modelsSlice(): AppState['models']
  enginesSlice(): AppState['engines']
  /** Fires after either slice changed. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void
  /** Fires when something happened that a person should read once, for example a crash and restart. */
  onNotice(listener: (error: import('../contract/errors.ts').KithError) => void): () => void

  /** The engine that has this model; null when none has. */
  engineFor(model: string): Engine | null
  /** Answers with whichever engine has the model; fails with `model_unknown` when none has. */
  chat(request: ChatRequest): AsyncIterable<GenerationPart>

  refresh(): Promise<Result<void>>
  addServer(url: string): Promise<Result<void>>
  removeServer(url: string): Promise<Result<void>>
  download(catalogueId: string): Promise<Result<void>>
  pauseDownload(catalogueId: string): Promise<Result<void>>
  cancelDownload(catalogueId: string): Promise<Result<void>>
  importModel(path: string): Promise<Result<{ name: string }>>
  removeModel(name: string): Promise<Result<void>>
}
