/** A child process that talks in structured messages: Electron's utility process, or a forked Node. */
export interface Child {
  readonly pid: number | undefined
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): () => void
  /** Fires once, with the exit code, or null when a signal ended it. */
  onExit(listener: (code: number | null) => void): () => void
  kill(): void
}

/** Starts a child from a built module. The host decides how; `node/` never imports Electron. */
export type SpawnChild = (options: { modulePath: string; name: string }) => Child
