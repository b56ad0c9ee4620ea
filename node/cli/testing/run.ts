import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../base/log.ts'
import type { CommandHost, OwnPeer } from '../command-context.ts'
import { ControlServer } from '../../control/control-server.ts'
import { runKith } from '../program.ts'

/** What one run of `kith` gave. */
export interface Run {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The lines of `--json`. */
  readonly lines: readonly unknown[]
}

export interface RunSettings {
  readonly env?: Record<string, string>
  readonly input?: string
  /** What a person types when asked without showing it, in order. */
  readonly typed?: readonly string[]
  readonly signal?: AbortSignal
  readonly failed?: AbortSignal
  readonly onWrite?: (text: string) => void
  readonly onNote?: (line: string) => void
}

/** A profile in a folder of its own, and the command line on it. */
export class TestInstall {
  readonly profileDir = mkdtempSync(join(tmpdir(), 'kith-cli-'))

  constructor(readonly peer: OwnPeer) {}

  /** Lets the peer listen as a running window or service does. Returns the function that ends it. */
  async listen(): Promise<() => Promise<void>> {
    const { profileDir, peer } = this
    const server = new ControlServer({ peer, profileDir, log: createLog({ level: 'silent' }) })
    const started = await server.start()
    if (!started.ok) throw new Error(started.error.message)
    return () => server.stop()
  }

  async run(argv: readonly string[], settings: RunSettings = {}): Promise<Run> {
    let out = ''
    let err = ''
    const typed = [...(settings.typed ?? [])]
    const host: CommandHost = {
      terminal: {
        write: (text) => {
          out += text
          settings.onWrite?.(text)
        },
        note: (line) => {
          err += `${line}\n`
          settings.onNote?.(line)
        },
        readInput: () => Promise.resolve(settings.input ?? ''),
        askHidden: () => Promise.resolve(typed.shift() ?? null),
        ask: () => Promise.resolve(typed.shift() ?? null),
      },
      env: settings.env ?? {},
      signal: settings.signal ?? new AbortController().signal,
      ...(settings.failed ? { failed: settings.failed } : {}),
      version: '0.1.0',
      commandName: 'kith',
      createPeer: () => this.peer,
    }
    const code = await runKith(host, ['--profile', this.profileDir, ...argv])
    const isJson = argv.includes('--json')
    const lines = isJson
      ? out
          .split('\n')
          .filter((line) => line !== '')
          .map((line): unknown => JSON.parse(line))
      : []
    return { code, out, err, lines }
  }

  remove(): void {
    rmSync(this.profileDir, { recursive: true, force: true })
  }
}
