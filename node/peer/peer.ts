import { AccountStore } from '../accounts/account-store.ts'
import { readComputerName } from '../accounts/computer-name.ts'
import { unknownDeviceName } from '../accounts/device-name.ts'
import { KeptAccounts } from '../accounts/kept-accounts.ts'
import { SessionTokens } from '../accounts/session-tokens.ts'
import type { Health } from '../base/facility.ts'
import { noKeychain } from '../base/keychain.ts'
import { createLog } from '../base/log.ts'
import type { StopReport } from '../base/worker.ts'
import type { PeerApi } from '../contract/api.ts'
import type { Result } from '../contract/result.ts'
import { allCalls } from './calls/all-calls.ts'
import { CallerSessions } from './caller-sessions.ts'
import { createDispatch } from './dispatch.ts'
import { Events } from './events.ts'
import { FullDisk } from './full-disk.ts'
import { KnownAccounts } from './known-accounts.ts'
import type { NetworkOptions, PeerOptions } from './peer-options.ts'
import { sliceSources } from './state/peer-state.ts'
import { createPeerWorker, type PeerWorker } from './peer-worker.ts'
import { SignedInAccount } from './signed-in-account.ts'
import { SliceChanges } from './state/slice-changes.ts'
import { StatePublisher } from './state/state-publisher.ts'

/** The peer as a host holds it: life cycle, and the contract's calls and events. */
export interface Peer extends PeerApi {
  start(): Promise<void>
  /** How many requests of others are queued or running here. */
  readonly forOthers: number
  /** Refuses new requests with `shutting_down`, and lets those of others finish until the signal fires. */
  drain(signal: AbortSignal): Promise<void>
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

/** What was served is published at least this often while requests are served. */
const servedTickMs = 10_000

class KithPeer implements Peer {
  readonly dispatch: PeerApi['dispatch']
  readonly #worker: PeerWorker
  readonly #events: Events
  readonly #changes = new SliceChanges()
  readonly #tokens = new SessionTokens(() => this.#changes.invalidate('account'))
  readonly #known: KnownAccounts
  readonly #signedIn: SignedInAccount
  readonly #publisher: StatePublisher
  #computerName = unknownDeviceName
  #tick: NodeJS.Timeout | null = null

  constructor(options: PeerOptions) {
    const { profileDir, roles } = options
    const changes = this.#changes
    const tokens = this.#tokens
    const log = createLog({ level: options.logLevel })
    const worker = createPeerWorker(options, log)
    const events = new Events(log)
    const accounts = new AccountStore(profileDir, { computerName: () => this.#readName() })
    const known = new KnownAccounts(accounts, events, changes)
    const kept = new KeptAccounts({ profileDir, keychain: options.keychain ?? noKeychain })
    const disk = new FullDisk({ profileDir, log, notify: (error) => events.emit('notice', { error }) })
    const call: PeerApi['call'] = (name, input) => this.call(name, input)
    const signedIn = new SignedInAccount({
      ...{ roles, worker, kept, tokens, events, changes, disk, log, call },
      apiGuests: options.apiGuests ?? { hosts: [], origins: [] },
    })
    const { session: account, background } = signedIn
    const { inviteLinks } = account
    const sources = sliceSources({
      options,
      worker,
      accounts: () => known.all,
      signedIn: () => account.current,
      running: () => signedIn.running,
      background,
      computerName: () => this.#computerName,
      tokens,
      inviteLinks,
    })
    const publisher = new StatePublisher(sources, changes, (event) => events.emit('state', event))
    const handlers = allCalls({
      dht: worker.dht,
      hub: worker.hub,
      log,
      kept,
      tokens,
      background,
      accounts,
      changes,
      inviteLinks,
      snapshot: () => publisher.snapshot(),
      signedIn: account.required,
      signIn: (vault) => signedIn.signIn(vault),
      signOut: () => signedIn.signOut(),
      refreshAccounts: () => known.refresh(),
    })
    const callers = new CallerSessions({ accounts, tokens, account })
    this.dispatch = createDispatch({ handlers, callers, disk, reopen: () => signedIn.reopen(), log })
    this.#worker = worker
    this.#events = events
    this.#known = known
    this.#signedIn = signedIn
    this.#publisher = publisher
  }

  readonly listen: PeerApi['listen'] = (name, listener) => this.#events.listen(name, listener)

  readonly call: PeerApi['call'] = async (name, input) =>
    // The handler of a name answers with that name's output; dispatch only adds checks.
    (await this.dispatch(name, input)) as Awaited<ReturnType<typeof this.call<typeof name>>>

  async start(): Promise<void> {
    const changes = this.#changes
    this.#worker.dht.onChange(() => changes.invalidate('network'))
    this.#worker.hub.onChange(() => changes.invalidate('models', 'engines', 'machines', 'runtime'))
    this.#worker.hub.onNotice((error) => this.#events.emit('notice', { error }))
    this.#worker.onPhase(() => changes.invalidate('network'))
    await Promise.all([this.#readName(), this.#known.refresh()])
    await this.#worker.start()
    this.#tick = setInterval(() => this.#ticked(), servedTickMs)
    // Whoever chose to keep sharing does so from here on, before anybody signs in.
    await this.#signedIn.signOut()
    changes.invalidateAll()
  }

  async #readName(): Promise<string> {
    this.#computerName = await readComputerName()
    return this.#computerName
  }

  get forOthers(): number {
    return this.#signedIn.running?.session.processor.forOthers ?? 0
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.#signedIn.running?.session.drain(signal)
  }

  async stop(): Promise<StopReport> {
    if (this.#tick) clearInterval(this.#tick)
    await this.#signedIn.close()
    const report = await this.#worker.stop()
    this.#publisher.close()
    return report
  }

  async suspend(): Promise<void> {
    await this.#signedIn.running?.session.suspend()
    await this.#worker.suspend()
  }

  async resume(): Promise<void> {
    await this.#worker.resume()
    await this.#signedIn.running?.session.resume()
  }

  health(): Record<string, Health> {
    return { ...this.#worker.health(), ...this.#signedIn.running?.session.health() }
  }

  setNetwork(network: NetworkOptions): Promise<Result<void>> {
    return this.#signedIn.reopen(() => this.#worker.dht.moveTo(network))
  }

  #ticked(): void {
    this.#tokens.tick()
    this.#changes.invalidate('sharing')
  }
}
