import { fail, ok, type Result } from '../../node/contract/result.ts'
import type { KithError } from '../../node/contract/errors.ts'
import type { AppState } from '../../node/contract/state.ts'
import type { Log } from '../../node/base/log.ts'
import type { LocalNetwork } from '../../node/net/local-network.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'
import type { HostedPeer } from '../host/peer-host.ts'
import { findDemoPool, inviteSecond } from './demo-pool.ts'
import { newFriendProfile, removeFriendProfiles } from './friend-profiles.ts'
import type { SecondInstall } from './second-install.ts'
import type { SharingLoan } from './sharing-loan.ts'

export interface DemoOptions {
  readonly profileDir: string
  /** Where the peer is when no demo runs. */
  readonly usualNetwork: NetworkOptions
  /** The local network this process was started on, with --demo; null in a usual run. */
  readonly standingNetwork: () => LocalNetwork | null
  readonly startNetwork: () => Promise<LocalNetwork>
  readonly startSecond: (options: { profileDir: string; network: LocalNetwork; inviteLink: string }) => SecondInstall
  readonly loan: SharingLoan
  readonly log: Log
}

interface Running {
  readonly network: LocalNetwork
  /** Null until it has been started. */
  second: SecondInstall | null
}

/**
 * "Try it alone": a second install beside this one, in the same pool, on a network of this computer alone.
 *
 * It uses the same calls as a person would. Whatever it changed is put back when the second window closes.
 */
export class Demo {
  #running: Running | null = null
  #starting: Promise<Result<void>> | null = null
  #ending: Promise<void> | null = null
  #isStopping = false
  #leftNetwork: LocalNetwork | null = null

  constructor(private readonly options: DemoOptions) {}

  get isRunning(): boolean {
    return this.#running !== null || this.#starting !== null
  }

  /** Opens the second window; a demo that runs already is success. Never throws. */
  start(peer: HostedPeer): Promise<Result<void>> {
    if (this.#isStopping) return Promise.resolve(fail('demo_failed', { reason: 'Kith is closing' }))
    if (this.#running && !this.#starting) return Promise.resolve(ok())
    this.#starting ??= this.#start(peer)
      .catch((cause: unknown) => this.#unexpected(cause))
      .finally(() => (this.#starting = null))
    return this.#starting
  }

  /** Closes the second window for good. The peer stops next, so it is not moved to its usual network first. */
  async stop(peer: HostedPeer | null): Promise<void> {
    this.#isStopping = true
    // A start in progress ends by itself once its second window has gone.
    await this.#running?.second?.stop()
    await this.#starting
    await this.#running?.second?.stop()
    if (peer) await this.#end(peer)
  }

  /** Ends the local network, once the peer has left it. */
  async close(): Promise<void> {
    await this.#leftNetwork?.stop()
    this.#leftNetwork = null
  }

  async #start(peer: HostedPeer): Promise<Result<void>> {
    await this.#ending
    const snapshot = await peer.call('state.snapshot', {})
    if (!snapshot.ok) return snapshot
    const { account, pools, sharing } = snapshot.value.state
    if (!account.current) return fail('not_signed_in')

    await removeFriendProfiles(this.options.profileDir)
    const network = this.options.standingNetwork() ?? (await this.options.startNetwork())
    const running: Running = { network, second: null }
    this.#running = running
    const opened = await this.#open(peer, running, pools, sharing.isEnabled).catch((cause: unknown) =>
      this.#unexpected(cause),
    )
    if (!opened.ok) {
      await running.second?.stop()
      await this.#end(peer)
    }
    return opened
  }

  async #open(
    peer: HostedPeer,
    running: Running,
    pools: AppState['pools'],
    wasSharing: boolean,
  ): Promise<Result<void>> {
    const { options } = this
    const { network } = running
    if (!options.standingNetwork()) {
      const moved = await peer.setNetwork({ host: network.host, bootstrap: network.bootstrap })
      if (!moved.ok) return demoFailure(moved.error)
    }
    const pool = await findDemoPool(peer, pools)
    if (!pool.ok) return demoFailure(pool.error)
    const invite = await inviteSecond(peer, pool.value)
    if (!invite.ok) return demoFailure(invite.error)
    const shared = await options.loan.take(peer, wasSharing)
    if (!shared.ok) return demoFailure(shared.error)

    const profileDir = newFriendProfile(options.profileDir)
    running.second = options.startSecond({ profileDir, network, inviteLink: invite.value })
    const ready = await running.second.ready
    if (ready.ok) this.#endWhenGone(peer, running.second)
    return ready
  }

  #endWhenGone(peer: HostedPeer, second: SecondInstall): void {
    second.gone
      .then(() => this.#end(peer))
      .catch((cause: unknown) => this.options.log.error({ cause }, 'the demo did not end cleanly'))
  }

  #end(peer: HostedPeer): Promise<void> {
    this.#ending ??= this.#putBack(peer).finally(() => (this.#ending = null))
    return this.#ending
  }

  async #putBack(peer: HostedPeer): Promise<void> {
    const running = this.#running
    this.#running = null
    if (!running) return
    const { loan, log, profileDir, standingNetwork, usualNetwork } = this.options
    const restored = await loan.giveBack(peer)
    if (!restored.ok) log.warn({ code: restored.error.code }, 'sharing could not be switched back yet')
    if (standingNetwork() === null) {
      if (this.#isStopping) this.#leftNetwork = running.network
      else {
        const moved = await peer.setNetwork(usualNetwork)
        if (!moved.ok) log.error({ code: moved.error.code }, 'the peer could not return to its network')
        await running.network.stop()
      }
    }
    await removeFriendProfiles(profileDir)
  }

  #unexpected(cause: unknown): Result<never> {
    this.options.log.error({ cause }, 'the demo failed')
    return fail('demo_failed', { reason: cause instanceof Error ? cause.message.slice(0, 300) : 'unknown' })
  }
}

function demoFailure(error: KithError): Result<never> {
  return fail('demo_failed', { reason: error.message.slice(0, 300) })
}
