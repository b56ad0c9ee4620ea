import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLocalNetwork, type LocalNetwork } from '../../../node/net/local-network.ts'
import type { OrderInput } from '../parts/orders.ts'
import { EngineServer } from './engine-server.ts'
import { Install, type InstallOptions, type PartProgram } from './install.ts'
import { LoadingEngine } from './loading-engine.ts'

/** The engines of a scene. */
interface Engines {
  /** The victim's. */
  readonly steady: EngineServer
  /** The victim's too; its model takes forever to load. */
  readonly loading: LoadingEngine
  /** Of hostile processors. */
  readonly lying: EngineServer
}

/** What every install of a scene stands on: a network, engines, and a folder. All of it goes at once. */
export class Ground {
  readonly #installs: Install[] = []

  private constructor(
    readonly program: PartProgram,
    readonly engines: Engines,
    private readonly folder: string,
    private readonly local: LocalNetwork,
  ) {}

  static async open(program: PartProgram): Promise<Ground> {
    const folder = await mkdtemp(join(tmpdir(), 'kith-evil-'))
    const local = await startLocalNetwork()
    const engines = {
      steady: await EngineServer.start('steady'),
      loading: await LoadingEngine.start('never-loaded'),
      lying: await EngineServer.start('tall-tales'),
    }
    return new Ground(program, engines, folder, local)
  }

  get network(): OrderInput<'start'>['network'] {
    return { host: this.local.host, bootstrap: this.local.bootstrap.map((node) => ({ ...node })) }
  }

  async start(
    username: string,
    own: Pick<InstallOptions, 'serverUrls' | 'ollamaUrl' | 'hostile'> = {},
  ): Promise<Install> {
    const { program, network } = this
    const install = new Install({ program, username, network, directory: join(this.folder, username), ...own })
    this.#installs.push(install)
    await install.signUp()
    return install
  }

  /** Ends every process, however frozen, and removes every folder. */
  async close(): Promise<void> {
    await Promise.all(this.#installs.map((install) => install.kill()))
    const { steady, loading, lying } = this.engines
    await Promise.all([steady.stop(), loading.stop(), lying.stop(), this.local.stop()])
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 })
  }
}
