import { z } from 'zod'
import { loadConfiguration, type Configuration } from '../base/configuration.ts'
import type { PeerApi } from '../contract/api.ts'
import { ok, type Result } from '../contract/result.ts'
import type { Peer } from '../peer/peer.ts'
import type { PeerOptions } from '../peer/peer-options.ts'
import { Output } from './output.ts'
import type { Terminal } from './terminal.ts'

/** The peer as a command needs it when it must run one itself. */
export type OwnPeer = PeerApi & Pick<Peer, 'start' | 'forOthers' | 'drain'> & { stop(): Promise<unknown> }

/** The environment that `kith` runs in; tests bring their own. */
export interface CommandHost {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Fires on Ctrl-C and on a polite request to end. */
  readonly signal: AbortSignal
  /** Fires after an error that nothing handled: everything is to close, and nobody is waited for. */
  readonly failed?: AbortSignal
  readonly version: string
  /** How a person starts this program, for hints such as "kith chat". */
  readonly commandName: string
  createPeer(options: Omit<PeerOptions, 'spawnChild' | 'llamaChildPath' | 'version'>): OwnPeer
}

const globalOptionsSchema = z.object({
  profile: z.string().optional(),
  modelsDir: z.string().optional(),
  bootstrap: z.string().optional(),
  host: z.string().optional(),
  logLevel: z.string().optional(),
  ollamaUrl: z.string().optional(),
  apiHosts: z.string().optional(),
  apiOrigins: z.string().optional(),
  port: z.string().optional(),
  roles: z.string().optional(),
  account: z.string().optional(),
  passwordStdin: z.boolean().default(false),
  json: z.boolean().default(false),
})

export type GlobalOptions = z.output<typeof globalOptionsSchema>

export interface CommandContext {
  readonly host: CommandHost
  readonly options: GlobalOptions
  readonly configuration: Configuration
  readonly output: Output
}

export function readGlobalOptions(values: unknown): GlobalOptions {
  return globalOptionsSchema.parse(values)
}

export function createContext(host: CommandHost, options: GlobalOptions): Result<CommandContext> {
  const configuration = loadConfiguration({ argv: configurationFlags(options), env: host.env })
  if (!configuration.ok) return configuration
  const output = new Output(host.terminal, options.json)
  return ok({ host, options, configuration: configuration.value, output })
}

/** The flags as the configuration reads them; the text of a prompt never gets there. */
function configurationFlags(options: GlobalOptions): string[] {
  const flags: [string, string | undefined][] = [
    ['--profile', options.profile],
    ['--models-dir', options.modelsDir],
    ['--bootstrap', options.bootstrap],
    ['--host', options.host],
    ['--log-level', options.logLevel],
    ['--ollama-url', options.ollamaUrl],
    ['--api-hosts', options.apiHosts],
    ['--api-origins', options.apiOrigins],
    ['--port', options.port],
    ['--roles', options.roles],
  ]
  return flags.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag}=${value}`]))
}
