import path from 'node:path'
import type { Configuration } from '../../node/base/configuration.ts'
import type { Log } from '../../node/base/log.ts'
import { fail, type Result } from '../../node/contract/result.ts'
import { startLocalNetwork, type LocalNetwork } from '../../node/net/local-network.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'
import type { AnyEvent, PeerHost } from '../host/peer-host.ts'
import { Demo } from './demo.ts'
import { ownCommand } from './own-command.ts'
import { startSecondInstall } from './second-install.ts'
import { SharingLoan } from './sharing-loan.ts'

export interface HostDemoOptions {
  readonly configuration: Configuration
  readonly host: PeerHost
  /** Shows a failure that belongs to no call. */
  readonly deliver: (event: AnyEvent) => void
  readonly log: Log
}

/** The demo in this process: from the menu, by a call of the page, or from the start with --demo. */
export class HostDemo {
  readonly #options: HostDemoOptions
  readonly #demo: Demo
  readonly #loan: SharingLoan
  #standingNetwork: LocalNetwork | null = null

  constructor(options: HostDemoOptions) {
    const { configuration, log } = options
    this.#options = options
    this.#loan = new SharingLoan(path.join(configuration.profileDir, 'demo-sharing'))
    this.#demo = new Demo({
      profileDir: configuration.profileDir,
      usualNetwork: configuration.network,
      standingNetwork: () => this.#standingNetwork,
      startNetwork: startLocalNetwork,
      startSecond: (second) =>
        startSecondInstall({
          ...second,
          command: ownCommand(),
          modelsDir: configuration.modelsDir,
          logLevel: configuration.logLevel,
        }),
      loan: this.#loan,
      log,
    })
  }

  get isRunning(): boolean {
    return this.#demo.isRunning
  }

  /** The network this process's peer starts on: with --demo one of its own, made here. */
  async network(): Promise<NetworkOptions> {
    const { configuration } = this.#options
    if (!configuration.isDemo) return configuration.network
    this.#standingNetwork ??= await startLocalNetwork()
    return { host: this.#standingNetwork.host, bootstrap: this.#standingNetwork.bootstrap }
  }

  async start(): Promise<Result<void>> {
    const { configuration, host } = this.#options
    if (configuration.demoRole === 'second') return fail('demo_failed', { reason: 'this is the second window already' })
    const started = await host.start()
    if (!started.ok || !host.peer) return started
    return this.#demo.start(host.peer)
  }

  /** Starts where no page waits for the result; a failure becomes a notice. */
  async startAndTell(): Promise<void> {
    const started = await this.start()
    if (!started.ok) this.#options.deliver({ name: 'notice', payload: { error: started.error } })
  }

  /** Somebody signed in: with --demo it begins now, and what a crashed demo left is put back first. */
  async signedIn(): Promise<void> {
    const { peer } = this.#options.host
    if (!peer || this.isRunning) return
    await this.#loan.giveBack(peer)
    if (this.#options.configuration.isDemo) await this.startAndTell()
  }

  async stop(): Promise<void> {
    await this.#demo.stop(this.#options.host.peer)
  }

  /** Ends the local network; the peer must have stopped. */
  async close(): Promise<void> {
    await this.#demo.close()
    await this.#standingNetwork?.stop()
  }
}
