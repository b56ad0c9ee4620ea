import { delay } from '../../../node/base/deadline.ts'
import { calls, type CallInput, type CallName, type CallOutput } from '../../../node/contract/contract.ts'
import { kithErrorSchema } from '../../../node/contract/errors.ts'
import type { Result } from '../../../node/contract/result.ts'
import type { AppState } from '../../../node/contract/state.ts'
import { profileDirIn, valueOf } from '../../../node/peer/testing/test-peer.ts'
import type { NetworkOptions } from '../../../node/peer/peer-options.ts'
import { z } from 'zod'
import { PartProcess } from './part-process.ts'

const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: kithErrorSchema }),
])
const lookAgainMs = 150
const untilDeadlineMs = 20_000
const stopDeadlineMs = 15_000

export type PartProgram = readonly [path: string, ...args: string[]]

export interface InstallOptions {
  readonly program: PartProgram
  readonly username: string
  readonly network: NetworkOptions
  readonly directory: string
  readonly serverUrls?: readonly string[]
  readonly ollamaUrl?: string
  /** Hostile parts it is started with. */
  readonly hostile?: readonly string[]
}

/** One person's install, in a process that the test talks to as a window does. */
export class Install {
  #part: PartProcess

  constructor(private readonly options: InstallOptions) {
    this.#part = new PartProcess(options.username, options.program)
  }

  /** Starts the peer on a new profile and signs up. */
  async signUp(): Promise<void> {
    await this.#start(true)
  }

  get username(): string {
    return this.options.username
  }

  get profileDir(): string {
    return profileDirIn(this.options.directory)
  }

  get part(): PartProcess {
    return this.#part
  }

  async #start(isNew: boolean): Promise<void> {
    const { username, network, directory, serverUrls = [], ollamaUrl, hostile = [] } = this.options
    if (hostile.length > 0) this.#part.yieldCores()
    const where = { host: network.host ?? '127.0.0.1', bootstrap: [...(network.bootstrap ?? [])] }
    const input = {
      ...{ username, network: where, directory, isNew, serverUrls: [...serverUrls], hostile: [...hostile] },
      ...(ollamaUrl === undefined ? {} : { ollamaUrl }),
    }
    await this.#part.order('start', input, 45_000)
  }

  /** Stops it as quitting does, and starts it again on what lies on disk. */
  async restart(): Promise<void> {
    await this.stop()
    this.#part = new PartProcess(this.options.username, this.options.program)
    await this.#start(false)
  }

  async result<K extends CallName>(name: K, input: CallInput<K>): Promise<Result<CallOutput<K>>> {
    const result = resultSchema.parse(await this.#part.order('call', { name, input }))
    // What comes over the channel is read as a window reads it.
    return result.ok ? { ok: true, value: calls[name].output.parse(result.value) as CallOutput<K> } : result
  }

  async call<K extends CallName>(name: K, input: CallInput<K>): Promise<CallOutput<K>> {
    return valueOf(await this.result(name, input))
  }

  async state(): Promise<AppState> {
    return (await this.call('state.snapshot', {})).state
  }

  async until(isSo: (state: AppState) => boolean, what: string, deadlineMs = untilDeadlineMs): Promise<AppState> {
    const dueMs = performance.now() + deadlineMs
    for (;;) {
      const state = await this.state()
      if (isSo(state)) return state
      if (performance.now() > dueMs) throw new Error(`${this.username} waited in vain for ${what}`)
      await delay(lookAgainMs)
    }
  }

  /** Quits; one that does not is killed, and the order's failure is thrown. */
  async stop(): Promise<void> {
    try {
      await this.#part.order('stop', {}, stopDeadlineMs)
    } finally {
      await this.#part.kill()
    }
  }

  async kill(): Promise<void> {
    await this.#part.kill()
  }
}
