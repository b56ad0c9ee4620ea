import type { Bridge } from '../../../node/contract/api.ts'
import {
  calls,
  hostCalls,
  type ChatEvent,
  type CallInput,
  type CallOutput,
  type EventName,
  type EventPayload,
} from '../../../node/contract/contract.ts'
import { fail, ok, type Result } from '../../../node/contract/result.ts'
import type { AppState, SliceName } from '../../../node/contract/state.ts'
import type { WindowCallName } from '../../bridge/client.ts'

type Answers<K extends WindowCallName> = (input: CallInput<K>) => Result<CallOutput<K>> | Promise<Result<CallOutput<K>>>
export type FakeHandlers = { [K in WindowCallName]?: Answers<K> }

const contract = { ...calls, ...hostCalls }

function isCallName(name: string): name is WindowCallName {
  return Object.hasOwn(contract, name)
}

/**
 * A peer for tests, typed by the contract.
 *
 * It holds a state, answers what it was taught, says `ok` without a value to the rest, and keeps a record of calls.
 */
export class FakePeer {
  state: AppState
  sequence = 1
  readonly asked: { readonly name: WindowCallName; readonly input: unknown }[] = []
  readonly #handlers: FakeHandlers = {}
  readonly #listeners = new Set<(name: string, payload: unknown) => void>()
  #port: MessagePort | null = null

  constructor(state: AppState) {
    this.state = state
    this.on('state.snapshot', () => ({ ok: true, value: { sequence: this.sequence, state: this.state } }))
    this.on('host.status', () => ({
      ok: true,
      value: { runtime: 'Electron 33.2.1', keychain: 'basic_text', peer: 'running', error: null },
    }))
    this.on('host.takeInviteLink', () => ({ ok: true, value: { link: null } }))
    this.on('host.pickModelFile', () => ({ ok: true, value: { path: null } }))
    this.on('settings.update', (change) => {
      this.change('settings', { ...this.state.settings, ...(change as Partial<AppState['settings']>) })
      return ok()
    })
  }

  /** Teaches an answer to one call. */
  on<K extends WindowCallName>(name: K, answers: Answers<K>): void {
    this.#handlers[name] = answers as FakeHandlers[K]
  }

  /** What a call was taught, to be put around or back. */
  handler<K extends WindowCallName>(name: K): FakeHandlers[K] {
    return this.#handlers[name]
  }

  /** Replaces one slice and tells the window. */
  change<K extends SliceName>(slice: K, value: AppState[K]): void {
    this.state = { ...this.state, [slice]: value }
    this.sequence += 1
    this.emit('state', { sequence: this.sequence, slice, value })
  }

  emit<N extends EventName>(name: N, payload: EventPayload<N>): void {
    for (const listener of this.#listeners) listener(name, payload)
  }

  /** Answers go over a port, as they do in the app. */
  usePort(port: MessagePort): void {
    this.#port = port
  }

  answer(...events: ChatEvent[]): void {
    this.#port?.postMessage(events)
  }

  async dispatch(name: string, input: unknown): Promise<Result<unknown>> {
    if (!isCallName(name)) return fail('unknown_call', { name })
    const parsed = contract[name].input.safeParse(input)
    if (!parsed.success) return fail('bad_request', { reason: parsed.error.message.slice(0, 200) })
    this.asked.push({ name, input })
    const handler = this.#handlers[name] as ((input: unknown) => Result<unknown> | Promise<Result<unknown>>) | undefined
    return handler === undefined ? ok() : handler(parsed.data)
  }

  /** What the preload script would put on the window. */
  bridge(): Bridge {
    return {
      invoke: async (name, input) => structuredClone(await this.dispatch(name, structuredClone(input))),
      onEvent: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      pathForFile: (file) => `/home/mira/${file.name}`,
    }
  }
}
