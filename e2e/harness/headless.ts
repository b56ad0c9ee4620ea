import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { AppState } from '../../node/contract/state.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'
import { password } from './install.ts'

const run = promisify(execFile)
const kith = join(process.cwd(), 'out', 'main', 'kith.js')
const commandDeadlineMs = 60_000

/** A headless install: `kith` in a profile of its own, as on a server. */
export class Headless {
  #serving: ChildProcess | null = null
  /** What `kith serve` has printed. */
  output = ''

  private constructor(
    readonly directory: string,
    private readonly network: NetworkOptions,
  ) {}

  static async make(name: string, network: NetworkOptions): Promise<Headless> {
    return new Headless(await mkdtemp(join(tmpdir(), `kith-${name}-`)), network)
  }

  /** Starts `kith serve` and waits until it says how to chat, which is when it is ready. */
  async serve(username: string, isNew = true): Promise<void> {
    const serving = spawn(
      process.execPath,
      [kith, 'serve', ...(isNew ? ['--sign-up', username] : ['--account', username]), ...this.#settings()],
      {
        env: { ...process.env, KITH_PASSWORD: password },
      },
    )
    this.#serving = serving
    await new Promise<void>((resolve, reject) => {
      const hear = (text: Buffer): void => {
        this.output += text.toString()
        if (this.output.includes(' chat ')) resolve()
      }
      serving.stdout.on('data', hear)
      serving.stderr.on('data', hear)
      serving.once('exit', (code) => reject(new Error(`kith serve ended with ${code}: ${this.output}`)))
    })
  }

  /** Runs one command against the serving peer and returns its standard output. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [kith, ...args, ...this.#settings()], {
      env: { ...process.env, KITH_PASSWORD: password },
      timeout: commandDeadlineMs,
    })
    return stdout.trim()
  }

  async json(...args: string[]): Promise<unknown> {
    return JSON.parse(await this.command(...args, '--json')) as unknown
  }

  async state(): Promise<AppState> {
    const answer = (await this.json('status')) as { state: AppState }
    return answer.state
  }

  /** Where programs on this computer send requests. */
  async apiUrl(): Promise<string> {
    const { url } = (await this.state()).api
    if (url === null) throw new Error('the local API does not run')
    return url
  }

  /** Stops the peer as a service manager does; returns its exit code. */
  async stop(): Promise<number | null> {
    const serving = this.#serving
    if (!serving || serving.exitCode !== null) return serving?.exitCode ?? null
    const exited = once(serving, 'exit')
    serving.kill('SIGTERM')
    const [code] = (await exited) as [number | null]
    return code
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.directory, { recursive: true, force: true })
  }

  #settings(): string[] {
    const { host, bootstrap } = this.network
    return [
      '--profile',
      join(this.directory, 'profile'),
      '--models-dir',
      join(this.directory, 'models'),
      '--ollama-url',
      'http://127.0.0.1:9',
      ...(host ? ['--host', host] : []),
      ...(bootstrap ? ['--bootstrap', bootstrap.map((node) => `${node.host}:${node.port}`).join(',')] : []),
    ]
  }
}
