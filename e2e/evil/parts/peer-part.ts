import { mkdir } from 'node:fs/promises'
import { createLog } from '../../../node/base/log.ts'
import type { KithError } from '../../../node/contract/errors.ts'
import { ControlServer } from '../../../node/control/control-server.ts'
import { profileDirIn, TestPeer, valueOf } from '../../../node/peer/testing/test-peer.ts'
import { captureApp, HostileApp } from '../hostile/captured-app.ts'
import type { HostilePart } from '../hostile/hostile-part.ts'
import { hostileParts } from '../hostile/hostile-parts.ts'
import { makeClockSettable } from '../hostile/wrong-clock.ts'
import { HealthMeter } from './health-meter.ts'
import type { OrderInput, OrderName, OrderOutput } from './orders.ts'
import { SteadyReader } from './steady-reader.ts'

type Handlers = { readonly [N in OrderName]: (input: OrderInput<N>) => Promise<OrderOutput<N>> }

/** A whole peer in a process of its own, honest unless it was told to be hostile. */
export class PeerPart {
  readonly #meter = new HealthMeter()
  readonly #notices: KithError[] = []
  #peer: TestPeer | null = null
  /** Lets commands in, as a window or a service does. */
  #control: ControlServer | null = null
  #reader: SteadyReader | null = null
  #app = new HostileApp({ session: null, swarm: null, clients: null })

  readonly handlers: Handlers = {
    start: async (input) => {
      await mkdir(input.directory, { recursive: true })
      makeClockSettable()
      if (input.hostile.length > 0) this.#app = new HostileApp(captureApp())
      for (const name of input.hostile) hostilePart(name).replace?.()
      const { username, network, directory, isNew, serverUrls, ollamaUrl } = input
      const peer = await TestPeer.start(username, network, { directory, ...(ollamaUrl ? { ollamaUrl } : {}) })
      this.#peer = peer
      const log = createLog({ level: 'error' })
      this.#control = new ControlServer({ peer: peer.peer, profileDir: profileDirIn(directory), log })
      valueOf(await this.#control.start())
      peer.peer.listen('notice', ({ error }) => this.#notices.push(error))
      if (!isNew) {
        await peer.unlock()
        return {}
      }
      await peer.signUp()
      for (const url of serverUrls) valueOf(await peer.peer.call('engine.addServer', { url }))
      return {}
    },
    call: ({ name, input }) => this.#started().peer.dispatch(name, input),
    health: () => Promise.resolve(this.#meter.look()),
    notices: () => Promise.resolve(this.#notices),
    read: async (reading) => {
      this.#reader = new SteadyReader(this.#started())
      await this.#reader.start(reading)
      return {}
    },
    readings: () => Promise.resolve(this.#reader?.look() ?? { gapMaxMs: 0, asleepMaxMs: 0, failures: [], words: 0 }),
    stopReading: async () => {
      await this.#reader?.stop()
      this.#reader = null
      return {}
    },
    attack: ({ name, input }) => {
      const part = hostilePart(name)
      if (!part.run) throw new Error(`"${name}" takes no orders`)
      return part.run(this.#app, part.input.parse(input))
    },
    stop: async () => {
      await this.#reader?.stop()
      await this.#control?.stop()
      await this.#peer?.stop()
      this.#meter.stop()
      return {}
    },
  }

  #started(): TestPeer {
    if (!this.#peer) throw new Error('The peer was not started')
    return this.#peer
  }
}

function hostilePart(name: string): HostilePart {
  const parts: Readonly<Record<string, HostilePart | undefined>> = hostileParts
  const part = parts[name]
  if (!part) throw new Error(`There is no hostile part "${name}"`)
  return part
}
