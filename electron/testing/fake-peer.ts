import type { CallInput, CallName, CallOutput } from '../../node/contract/contract.ts'
import type { KithError } from '../../node/contract/errors.ts'
import { accountIdSchema, deviceIdSchema, inviteIdSchema, poolIdSchema } from '../../node/contract/ids.ts'
import { fail, ok, type Result } from '../../node/contract/result.ts'
import type { AppState } from '../../node/contract/state.ts'
import { noUsage } from '../../node/contract/usage.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'
import type { HostedPeer } from '../host/peer-host.ts'

const key = 'ab'.repeat(32)
export const poolId = poolIdSchema.parse(key)
export const inviteLink = 'kith://join/abc'
const account = { accountId: accountIdSchema.parse(key), username: 'ann', tag: 'ababab', isRemembered: false }

export function emptyState(): AppState {
  return {
    account: { accounts: [], current: null, copiedProfile: false, sharingAs: null },
    pools: [],
    machines: [],
    models: { local: [], catalogue: [], suggestions: [] },
    engines: {
      ollama: { state: 'not_found', version: null, url: '', slots: 1 },
      embedded: { state: 'idle', error: null },
      servers: [],
    },
    sharing: { isEnabled: false, activeAnswers: 0, waitingAnswers: 0, serving: [], servedPerMinute: [] },
    network: { state: 'online', connectedMachines: 0, isDemo: false, reason: '' },
    chats: [],
    settings: {
      theme: 'system',
      deviceName: 'computer',
      chatPoolId: null,
      chatModel: null,
      serverUrls: [],
      isFirstRunDone: false,
      announceAnswers: 'end',
    },
    runtime: { version: '0', engineMemoryFreeBytes: 0, profileName: 'test', demoRole: 'none' },
    keys: [],
    usage: { revision: 0, servedToday: noUsage, consumedToday: noUsage, clocks: [] },
    api: { state: 'off', url: null, error: null },
  }
}

export function signedInState(): AppState {
  const state = emptyState()
  const current = {
    ...account,
    deviceId: deviceIdSchema.parse(key),
    deviceName: 'computer',
    recoveryPhraseSaved: true,
    hasRootKey: true,
    devices: [],
    sessions: [],
    keepsSharing: false,
    link: null,
  }
  return { ...state, account: { ...state.account, current } }
}

/** A peer of a few calls: it keeps its state in memory and records its calls, in order. */
export class FakePeer implements HostedPeer {
  readonly asked: string[] = []
  readonly networks: NetworkOptions[] = []
  readonly failures = new Map<string, KithError>()
  forOthers = 0

  constructor(public state: AppState = signedInState()) {}

  start(): Promise<void> {
    this.asked.push('start')
    return Promise.resolve()
  }

  drain(): Promise<void> {
    this.asked.push('drain')
    return Promise.resolve()
  }

  stop() {
    this.asked.push('stop')
    return Promise.resolve({ unclosed: [] })
  }

  suspend(): Promise<void> {
    return Promise.resolve()
  }

  resume(): Promise<void> {
    return Promise.resolve()
  }

  health() {
    return {}
  }

  listen() {
    return () => undefined
  }

  setNetwork(options: NetworkOptions): Promise<Result<void>> {
    this.asked.push('setNetwork')
    this.networks.push(options)
    return Promise.resolve(ok())
  }

  call<K extends CallName>(name: K, input: CallInput<K>): Promise<Result<CallOutput<K>>> {
    return this.dispatch(name, input) as Promise<Result<CallOutput<K>>>
  }

  dispatch(name: string, input: unknown): Promise<Result<unknown>> {
    const error = this.failures.get(name)
    if (error) return Promise.resolve({ ok: false, error })
    if (name !== 'state.snapshot') this.asked.push(name)
    return Promise.resolve(this.#answer(name, input))
  }

  #answer(name: string, input: unknown): Result<unknown> {
    switch (name) {
      case 'state.snapshot':
        return ok({ sequence: 0, state: this.state })
      case 'account.signUp':
        return ok({ recoveryPhrase: 'one two' })
      case 'pool.create':
      case 'pool.join':
        return ok({ poolId })
      case 'pool.createInvite':
        return ok({ inviteId: inviteIdSchema.parse(key), link: inviteLink })
      case 'sharing.set':
        this.state = { ...this.state, sharing: { ...this.state.sharing, ...(input as { isEnabled: boolean }) } }
        return ok()
      case 'settings.update':
      case 'account.phraseSaved':
        return ok()
      default:
        return fail('unknown_call', { name })
    }
  }
}
