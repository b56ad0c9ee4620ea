import { Listeners } from '../../base/listeners.ts'
import { createLog } from '../../base/log.ts'
import type { ChatEvent, ParsedInput } from '../../contract/contract.ts'
import { kithError } from '../../contract/errors.ts'
import type { DeviceId, PoolId } from '../../contract/ids.ts'
import { keyPairFromSeed } from '../../crypto/keys.ts'
import type { GenerationPort, PromptRequest, ServedPart } from '../../protocol/messages/generation.ts'
import { Bee } from '../../state/bee.ts'
import { TestStores } from '../../state/testing/test-stores.ts'
import { ClientChats } from '../chats.ts'

export const selfDeviceId = '11'.repeat(32) as DeviceId
export const otherDeviceId = '22'.repeat(32) as DeviceId
export const silentLog = createLog({ level: 'silent' })

export const accepted = acceptedAt(0)
/** A machine has taken the request, at this place of its queue. */
export function acceptedAt(place: number): ServedPart {
  return { type: 'accepted', deviceId: otherDeviceId, machineName: 'Bella’s PC', place }
}

export const ended: ServedPart = { type: 'end', reason: 'stop', usage: { promptTokens: 3, completionTokens: 2 } }
export const text = (words: string): ServedPart => ({ type: 'text', text: words, tokens: 1 })

/** A gateway that says what a test tells it to say, and ends when it is stopped. */
export class ScriptedGateway implements GenerationPort {
  readonly asked: PromptRequest[] = []
  readonly #parts: ServedPart[] = []
  readonly #said = new Listeners()

  say(...parts: ServedPart[]): void {
    this.#parts.push(...parts)
    this.#said.emit()
  }

  async *ask(request: PromptRequest, signal: AbortSignal): AsyncGenerator<ServedPart, void, undefined> {
    this.asked.push(request)
    signal.addEventListener('abort', () => this.#said.emit(), { once: true })
    while (!signal.aborted) {
      const part = this.#parts.shift()
      if (part) yield part
      else await this.#more()
      if (part?.type === 'end' || part?.type === 'failed') return
    }
    yield { type: 'failed', error: kithError('stopped'), usage: { promptTokens: 3, completionTokens: 1 } }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      const stopListening = this.#said.add(() => {
        stopListening()
        resolve()
      })
    })
  }
}

/** The chats of an account on a real store, with a scripted gateway. */
export class ClientBench {
  readonly gateway = new ScriptedGateway()
  readonly events: ChatEvent[] = []

  private constructor(
    private readonly stores: TestStores,
    readonly local: Bee,
  ) {}

  static async open(): Promise<ClientBench> {
    const stores = await TestStores.create()
    const keyPair = keyPairFromSeed(new Uint8Array(32).fill(7))
    return new ClientBench(stores, await Bee.open(await stores.open('local'), 'local', { keyPair }, null))
  }

  /** Chats on the store as it is now, as after a start of the app. */
  async chats(onChange: () => void = () => undefined): Promise<ClientChats> {
    const chats = this.unstarted(onChange)
    await chats.start()
    return chats
  }

  unstarted(onChange: () => void = () => undefined): ClientChats {
    return new ClientChats({
      ownerOf: () => null,
      local: this.local,
      gateway: this.gateway,
      selfDeviceId,
      log: silentLog,
      emit: (event) => this.events.push(event),
      onChange,
      onUnsaved: (cause) => {
        throw new Error('An answer was not saved', { cause })
      },
    })
  }

  /** The whole text that came as events. */
  get heard(): string {
    return this.events.map((event) => (event.type === 'text' ? event.text : '')).join('')
  }

  close(): Promise<void> {
    return this.stores.close()
  }
}

export function question(words: string, changes: Partial<ParsedInput<'chat.ask'>> = {}): ParsedInput<'chat.ask'> {
  return { chatId: null, text: words, model: 'paced', poolId: 'aa'.repeat(32) as PoolId, ...changes }
}
