import type { SpawnChild } from '../base/child.ts'
import type { Keychain } from '../base/keychain.ts'
import type { RoleName } from '../base/roles.ts'
import type { ApiGuests } from '../contract/api-guests.ts'

export interface NetworkOptions {
  /** Address to bind; undefined binds all interfaces. 127.0.0.1 in tests and demos. */
  readonly host?: string | undefined
  /** UDP port to use, for a firewall that opens one; undefined takes any. */
  readonly port?: number | undefined
  /** Bootstrap nodes; undefined uses the public ones. */
  readonly bootstrap?: readonly { readonly host: string; readonly port: number }[] | undefined
}

/** How long a host lets generations for others finish when it is told to quit. */
export const drainDeadlineMs = 10_000

/** What a host (Electron's main process, `kith`, a test) gives the composition root. */
export interface PeerOptions {
  /** Folder of everything this install keeps. */
  readonly profileDir: string
  /** Folder for model files; several profiles of one person may share it. */
  readonly modelsDir: string
  readonly roles: readonly RoleName[]
  readonly network: NetworkOptions
  /** Address of Ollama; undefined uses its default or OLLAMA_HOST. */
  readonly ollamaUrl?: string | undefined
  /** Names and pages that may reach the local API, beside those in the settings of an account. */
  readonly apiGuests?: ApiGuests | undefined
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  readonly version: string
  readonly demoRole: 'none' | 'first' | 'second'
  readonly spawnChild: SpawnChild
  /** The secret store of the system; a host without one leaves it out. */
  readonly keychain?: Keychain
  /** Built module of the llama.cpp child. */
  readonly llamaChildPath: string
}
