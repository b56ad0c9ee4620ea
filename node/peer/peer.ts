import { join } from 'node:path'
import { AccountStore } from '../accounts/account-store.ts'
import { KeptAccounts } from '../accounts/kept-accounts.ts'
import { SessionTokens } from '../accounts/session-tokens.ts'
import type { Health } from '../base/facility.ts'
import { noKeychain } from '../base/keychain.ts'
import { createLog, type Log } from '../base/log.ts'
import { RunStatus } from '../base/run-status.ts'
import type { StopReport } from '../base/worker.ts'
import type { Caller, PeerApi, PeerHandlers } from '../contract/api.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { AccountSummary } from '../contract/accounts.ts'
import { createEngineHub } from '../engines/engine-hub-facility.ts'
import { DhtNode } from '../net/dht-node.ts'
import { ProfileLock } from '../state/profile-lock.ts'
import { accountCalls } from './calls/account-calls.ts'
import type { CallContext } from './calls/context.ts'
import { deviceCalls } from './calls/device-calls.ts'
import { engineCalls } from './calls/engine-calls.ts'
import { keyCalls } from './calls/key-calls.ts'
import { poolAdminCalls } from './calls/pool-admin-calls.ts'
import { poolCalls } from './calls/pool-calls.ts'
import { sessionCalls } from './calls/chat-calls.ts'
import { tokenCalls } from './calls/session-calls.ts'
import { usageCalls } from './calls/usage-calls.ts'
import { CallerSessions } from './caller-sessions.ts'
import { dispatch } from './dispatch.ts'
import { Events } from './events.ts'
import type { NetworkOptions, PeerOptions } from './peer-options.ts'
import { sliceSources } from './state/peer-state.ts'
import { PeerWorker } from './peer-worker.ts'
import { SignedInAccounts } from './signed-in.ts'
import { StatePublisher } from './state/state-publisher.ts'

/** The peer as a host holds it: life cycle, and the contract's calls and events. */
export interface Peer extends PeerApi {
  start(): Promise<void>
  stop(): Promise<StopReport>
  suspend(): Promise<void>
  resume(): Promise<void>
  health(): Record<string, Health>
  /** Moves to another network; whoever is signed in stays so. */
  setNetwork(options: NetworkOptions): Promise<Result<void>>
}

/** The composition root: makes a peer of one, two or all three roles. */
export function createPeer(options: PeerOptions): Peer {
  return new KithPeer(options)
}

/** What a person sees change at least this often while answers are served. */
const servedTickMs = 10_000

class KithPeer implements Peer {
  readonly #log: Log
  readonly #worker: PeerWorker
  readonly #accounts: AccountStore
  readonly #events: Events
  readonly #publisher: StatePublisher
  readonly #handlers: PeerHandlers
  readonly #sessions: SignedInAccounts
  readonly #tokens = new SessionTokens(() => this.#publisher.invalidate('account'))
  readonly #callers: CallerSessions
  #known: readonly AccountSummary[] = []
  #tick: NodeJS.Timeout | null = null

  constructor(private readonly options: PeerOptions) {
    this.#log = createLog({ level: options.logLevel })
    this.#worker = this.#makeWorker()
    this.#accounts = new AccountStore(options.profileDir)
    this.#events = new Events(this.#log)
    const kept = new KeptAccounts({ profileDir: options.profileDir, keychain: options.keychain ?? noKeychain })
    this.#sessions = new SignedInAccounts({
      kept,
      tokens: this.#tokens,
      profileDir: options.profileDir,
      roles: options.roles,
      worker: this.#worker,
      events: this.#events,
      log: this.#log,
      invalidate: (...slices) => this.#publisher.invalidate(...slices),
      invalidateAll: () => this.#publisher.invalidateAll(),
      call: (name, input) => this.call(name, input),
    })
    const sources = sliceSources({
      options,
      worker: () => this.#worker,
      accounts: () => this.#known,
      signedIn: () => this.#sessions.current,
      running: () => this.#sessions.running,
      service: this.#sessions.service,
      tokens: this.#tokens,
      inviteLinks: this.#sessions.inviteLinks,
    })
    this.#publisher = new StatePublisher(sources, (event) => this.#events.emit('state', event))
    this.#callers = new CallerSessions({
      accounts: this.#accounts,
      tokens: this.#tokens,
      signedIn: () => this.#sessions.current,
    })
    const context: CallContext = {
      dht: this.#worker.dht,
      log: this.#log,
      kept,
      tokens: this.#tokens,
      service: this.#sessions.service,
      accounts: this.#accounts,
      hub: this.#worker.hub,
      publisher: this.#publisher,
      inviteLinks: this.#sessions.inviteLinks,
      signedIn: () => (this.#sessions.current ? ok(this.#sessions.current) : fail('not_signed_in')),
      signIn: (vault) => this.#sessions.signIn(vault),
      signOut: () => this.#sessions.signOut(),
      refreshAccounts: () => this.#refreshAccounts(),
    }
    this.#handlers = {
      ...accountCalls(context),
      ...deviceCalls(context),
      ...tokenCalls(context),
      ...poolCalls(context),
      ...poolAdminCalls(context),
      ...keyCalls(context),
      ...usageCalls(context),
      ...engineCalls(context),
      ...sessionCalls(context),
    }
  }

  readonly listen: PeerApi['listen'] = (name, listener) => this.#events.listen(name, listener)

  readonly call: PeerApi['call'] = async (name, input) =>
    // The handler of a name answers with that name's output; dispatch only adds checks.
    (await this.dispatch(name, input)) as Awaited<ReturnType<typeof this.call<typeof name>>>

  async dispatch(name: string, input: unknown, caller?: Caller): Promise<Result<unknown>> {
    await this.#sessions.recover()
    const call = (): Promise<Result<unknown>> => dispatch(this.#handlers, name, input, this.#log)
    const result = await this.#callers.run(name, input, caller, call)
    if (!result.ok && result.error.code === 'disk_full') this.#sessions.diskIsFull()
    return result
  }

  async start(): Promise<void> {
    this.#worker.dht.onChange(() => this.#publisher.invalidate('network'))
    this.#worker.hub.onChange(() => this.#publisher.invalidate('models', 'engines', 'machines', 'runtime'))
    this.#worker.hub.onNotice((error) => this.#events.emit('notice', { error }))
    this.#worker.onPhase(() => this.#publisher.invalidate('network'))
    await this.#refreshAccounts()
    await this.#worker.start()
    this.#tick = setInterval(() => this.#ticked(), servedTickMs)
    // Whoever chose to keep sharing does so from here on, before anybody signs in.
    await this.#sessions.signOut()
    this.#publisher.invalidateAll()
  }

  async stop(): Promise<StopReport> {
    if (this.#tick) clearInterval(this.#tick)
    await this.#sessions.close()
    const report = await this.#worker.stop()
    this.#publisher.close()
    return report
  }

  async suspend(): Promise<void> {
    await this.#sessions.running?.session.suspend()
    await this.#worker.suspend()
  }

  async resume(): Promise<void> {
    await this.#worker.resume()
    await this.#sessions.running?.session.resume()
  }

  health(): Record<string, Health> {
    return { ...this.#worker.health(), ...this.#sessions.running?.session.health() }
  }

  setNetwork(network: NetworkOptions): Promise<Result<void>> {
    return this.#sessions.reopen(() => this.#worker.dht.moveTo(network))
  }

  #ticked(): void {
    this.#tokens.tick()
    this.#publisher.invalidate('sharing')
  }

  #makeWorker(): PeerWorker {
    const { profileDir, network, modelsDir, spawnChild, llamaChildPath, ollamaUrl } = this.options
    const log = this.#log
    const hub = createEngineHub({ modelsDir, spawnChild, llamaChildPath, ollamaUrl, serverUrls: [], log })
    const status = new RunStatus({ path: join(profileDir, 'status.json'), version: this.options.version, log })
    return new PeerWorker(log, [new ProfileLock(profileDir), status], new DhtNode(network, log), hub)
  }

  async #refreshAccounts(): Promise<void> {
    const accounts = await this.#accounts.list()
    if (accounts.ok) this.#known = accounts.value
    else this.#events.emit('notice', { error: accounts.error })
    this.#publisher.invalidate('account')
  }
}
