export interface RealOllama {
  readonly ollamaPath: string
  readonly modelsDir: string
  readonly modelName: string
  /** Answers without an end of its own. */
  readonly endlessModelName: string
  readonly ggufPath: string
}
export interface RunningOllama {
  readonly url: string
  /** Process group of the server and the runners it starts. */
  readonly processGroup: number
  /** Ends it and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}
export function ensureRealOllama(): Promise<RealOllama>
export function serveOllama(options: {
  ollamaPath: string
  modelsDir: string
  port?: number
  parallel?: string | null
}): Promise<RunningOllama>
export function freePort(): Promise<number>
