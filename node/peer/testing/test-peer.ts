import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forkChild } from '../../base/fork-child.ts'
import type { Keychain } from '../../base/keychain.ts'
import type { EventPayload } from '../../contract/contract.ts'
import type { ChatId, PoolId } from '../../contract/ids.ts'
import type { AppState, Message } from '../../contract/state.ts'
import type { Result } from '../../contract/result.ts'
import { tinyGguf, type TinyGgufOptions } from '../../../resources/scripts/real/tiny-gguf.mjs'
import { createPeer, type Peer } from '../peer.ts'
import type { RoleName } from '../../base/roles.ts'
import type { NetworkOptions } from '../peer-options.ts'

export const testPassword = 'a long enough password'
/** Nothing listens there: tests must not find an Ollama that happens to run. */
const noOllama = 'http://127.0.0.1:9'

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

/** Where the profile of a test peer lies in its folder. */
export function profileDirIn(directory: string): string {
  return join(directory, 'profile')
}

export interface TestPeerOptions {
  readonly roles?: readonly RoleName[]
  /** Of a peer that was stopped; absent takes a new one. */
  readonly directory?: string
  readonly logLevel?: 'silent'
  readonly keychain?: Keychain
  /** Of a fake Ollama; absent means that there is none. */
  readonly ollamaUrl?: string
}

/** A whole peer in a folder of its own, driven through the contract as a window drives it. */
export class TestPeer {
  private constructor(
    readonly peer: Peer,
    readonly directory: string,
    readonly username: string,
  ) {}

  static async start(username: string, network: NetworkOptions, options: TestPeerOptions = {}): Promise<TestPeer> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'kith-peer-')))
    const peer = createPeer({
      profileDir: profileDirIn(directory),
      modelsDir: join(directory, 'models'),
      roles: options.roles ?? ['client', 'gateway', 'processor'],
      network,
      ollamaUrl: options.ollamaUrl ?? noOllama,
      // An error in the log is a bug that a failing test must show.
      logLevel: options.logLevel ?? 'error',
      version: '0.0.0-test',
      demoRole: 'none',
      spawnChild: forkChild,
      ...(options.keychain ? { keychain: options.keychain } : {}),
      llamaChildPath: join(process.cwd(), 'out', 'main', 'llama-child.js'),
    })
    await peer.start()
    return new TestPeer(peer, directory, username)
  }

  async signUp(): Promise<string> {
    return valueOf(await this.peer.call('account.signUp', { username: this.username, password: testPassword }))
      .recoveryPhrase
  }

  async unlock(): Promise<void> {
    valueOf(await this.peer.call('account.unlock', { username: this.username, password: testPassword }))
  }

  async importTinyModel(options: TinyGgufOptions = {}): Promise<string> {
    const path = join(this.directory, options.endless ? 'endless.gguf' : 'tiny.gguf')
    await writeFile(path, tinyGguf(options))
    return valueOf(await this.peer.call('model.import', { path })).name
  }

  async state(): Promise<AppState> {
    return valueOf(await this.peer.call('state.snapshot', {})).state
  }

  /** Waits until the state is so, at most 15 seconds, looking again at every change. */
  async until(isSo: (state: AppState) => boolean, what: string): Promise<AppState> {
    const now = await this.state()
    if (isSo(now)) return now
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        unlisten()
      }
      const unlisten = this.peer.listen('state', () => {
        this.state().then((state) => {
          if (!isSo(state)) return
          end()
          resolve(state)
        }, reject)
      })
      const timer = setTimeout(() => {
        end()
        reject(new Error(`${this.username} waited in vain for ${what}`))
      }, 15_000)
    })
  }

  /** Asks and waits for the end of the answer. `onText` sees the text as it comes. */
  async ask(
    question: { text: string; model: string; poolId: PoolId; maxTokens?: number },
    onText?: (text: string) => void,
  ): Promise<Message> {
    let end: (message: Message) => void = () => undefined
    const ended = new Promise<Message>((resolve) => (end = resolve))
    const early: EventPayload<'chat'>[] = []
    let messageId: string | null = null
    const follow = (event: EventPayload<'chat'>): void => {
      if (messageId === null) early.push(event)
      else if (event.type === 'end' && event.message.messageId === messageId) end(event.message)
      else if (event.type === 'text' && event.messageId === messageId) onText?.(event.text)
    }
    const unlisten = this.peer.listen('chat', follow)
    const asked = valueOf(await this.peer.call('chat.ask', { chatId: null, temperature: 0, ...question }))
    messageId = asked.answer.messageId
    for (const event of early) follow(event)
    return ended.finally(unlisten)
  }

  async stopAnswer(chatId: ChatId): Promise<void> {
    valueOf(await this.peer.call('chat.stop', { chatId }))
  }

  async stop(): Promise<void> {
    await this.peer.stop()
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.directory, { recursive: true, force: true })
  }
}
