import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectControl, type ControlClient } from '../../node/control/control-client.ts'
import { delay, withDeadline } from '../../node/base/deadline.ts'
import type { EventPayload } from '../../node/contract/contract.ts'
import type { MessageId, PoolId } from '../../node/contract/ids.ts'
import type { Result } from '../../node/contract/result.ts'
import type { AppState, Message } from '../../node/contract/state.ts'
import { tinyGguf } from '../../resources/scripts/real/tiny-gguf.mjs'
import type { Cleanup } from '../harness/run-cleanly.ts'
import { startInNamespace } from './namespace-process.ts'

const waitDeadlineMs = 60_000
const lookEveryMs = 5

export interface HeardAnswer {
  readonly text: string
  readonly isOwnMachine: boolean
  readonly firstTokenMs: number
}

/** `kith serve` inside a namespace, driven over its control socket, which no network stands between. */
export class HeadlessPeer {
  private constructor(
    readonly name: string,
    readonly model: string,
    readonly client: ControlClient,
  ) {}

  static async start(
    cleanup: Cleanup,
    name: string,
    namespace: string,
    folder: string,
    bootstrap: string,
  ): Promise<HeadlessPeer> {
    const profileDir = join(folder, name)
    await mkdir(profileDir, { recursive: true })
    const settings = ['--profile', profileDir, '--models-dir', join(folder, `${name}-models`)]
    const network = ['--bootstrap', bootstrap, '--ollama-url', 'http://127.0.0.1:9']
    await startInNamespace(
      cleanup,
      namespace,
      ['out/main/kith.js', 'serve', '--json', '--sign-up', name, ...settings, ...network],
      (line) => line.includes('"serving"'),
      { ...process.env, KITH_PASSWORD: 'a long enough password' },
    )
    const client = valueOf(await connectControl(profileDir))
    if (!client) throw new Error(`${name} cannot be asked`)
    cleanup.add(async () => client.close())
    const path = join(folder, `${name}.gguf`)
    const sentence = `The computer called ${name} gives every question this one calm answer.`
    await writeFile(path, tinyGguf({ name: `Model of ${name}`, sentence }))
    const model = valueOf(await client.call('model.import', { path })).name
    return new HeadlessPeer(name, model, client)
  }

  async state(): Promise<AppState> {
    return valueOf(await this.client.call('state.snapshot', {})).state
  }

  /** Resolves when the state is so; returns how long that took. */
  async until(isSo: (state: AppState) => boolean, what: string): Promise<number> {
    const startedMs = performance.now()
    while (!isSo(await this.state())) {
      if (performance.now() - startedMs > waitDeadlineMs) throw new Error(`${this.name} waited in vain for ${what}`)
      await delay(lookEveryMs)
    }
    return performance.now() - startedMs
  }

  /** Whether the named peer's owner is admitted here. */
  untilAdmitted(other: string): Promise<number> {
    return this.until(
      ({ machines }) => machines.some((one) => one.ownerName === other && one.connection === 'admitted'),
      `${other} to be admitted`,
    )
  }

  /** Sends a request and reads the generation to its end. */
  async ask(model: string, poolId: PoolId): Promise<HeardAnswer> {
    const firstTexts = new Map<MessageId, number>()
    const ended = new Map<MessageId, Message>()
    let onEnd: () => void = () => undefined
    const unlisten = this.client.listen('chat', (event: EventPayload<'chat'>) => {
      if (event.type === 'text' && !firstTexts.has(event.messageId)) firstTexts.set(event.messageId, performance.now())
      if (event.type !== 'end') return
      ended.set(event.message.messageId, event.message)
      onEnd()
    })
    const askedMs = performance.now()
    const question = { chatId: null, text: 'What do you say?', model, poolId, temperature: 0, maxTokens: 64 }
    try {
      const { messageId } = valueOf(await this.client.call('chat.ask', question)).answer
      if (!ended.has(messageId))
        await inTime(new Promise<void>((resolve) => (onEnd = resolve)), `an answer of ${model}`)
      const message = ended.get(messageId)
      if (message?.answer?.state !== 'complete') throw new Error(message?.answer?.error?.message ?? 'no whole answer')
      return {
        text: message.text,
        isOwnMachine: message.answer.isOwnMachine,
        firstTokenMs: (firstTexts.get(messageId) ?? Number.NaN) - askedMs,
      }
    } finally {
      unlisten()
    }
  }
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  const settled = await withDeadline(promise, waitDeadlineMs)
  if (!settled.inTime) throw new Error(`Waited in vain for ${what}`)
  return settled.value
}
