import Protomux from 'protomux'
import type { Hypercore } from 'hypercore'
import { z } from 'zod'
import { delay } from '../../../node/base/deadline.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import { Random } from '../harness/random.ts'
import type { HostileApp } from './captured-app.ts'
import { hostilePart, targetSchema } from './hostile-part.ts'

interface Wire {
  send(message: object): boolean
}

/** What hypercore holds of the other side of one core's replication; every message can be sent by hand. */
interface ReplicationPeer {
  readonly remotePublicKey: Uint8Array
  readonly wireSync: Wire
  readonly wireRequest: Wire
  readonly wireCancel: Wire
  readonly wireNoData: Wire
  readonly wireWant: Wire
  readonly wireUnwant: Wire
  readonly wireBitfield: Wire
  readonly wireRange: Wire
}

export const frameKinds = [
  'endlessRange',
  'longRange',
  'droppedRange',
  'bitfields',
  'wideWant',
  'hugeSync',
  'unansweredRequests',
  'random',
] as const

/** How long a flood lasts, and how much is sent in one turn of it. */
const floodMs = 3_000
const framesPerTurn = 500

/** Sends replication messages by hand on every core that this install shares with the victim. */
export const replicationFrames = hostilePart({
  input: targetSchema.extend({ kind: z.enum(frameKinds) }),
  async run(app: HostileApp, { poolId, victimDeviceId, kind, seed }) {
    const random = new Random(seed)
    const peers = app
      .pool(poolId)
      .shared.flatMap(({ core }) => peersOf(core).map((peer) => ({ ...wiresOf(peer), core })))
      .filter(({ deviceId }) => deviceId === victimDeviceId)
    if (peers.length === 0) throw new Error('No core is replicated with the victim')
    const connection = app.poolConnection(victimDeviceId)
    const all = (send: (peer: Replication) => void): void => peers.forEach(send)
    let sent = 0
    const flood = async (send: (peer: Replication, index: number) => void): Promise<void> => {
      const endMs = performance.now() + floodMs
      while (performance.now() < endMs && !connection.isClosed) {
        for (let turn = 0; turn < framesPerTurn; turn += 1) {
          sent += 1
          all((peer) => send(peer, sent))
        }
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    switch (kind) {
      case 'endlessRange':
        all(({ wireRange }) => wireRange.send({ drop: false, start: 1, length: 2 ** 52 }))
        break
      case 'longRange':
        all(({ wireRange }) => wireRange.send({ drop: false, start: random.between(1, 9), length: 2 ** 38 }))
        break
      case 'droppedRange':
        all(({ wireRange }) => {
          wireRange.send({ drop: false, start: 0, length: 2 ** 50 })
          wireRange.send({ drop: true, start: random.between(1, 100), length: 1 })
        })
        break
      case 'wideWant':
        await flood(({ wireWant }) => wireWant.send({ start: 0, length: 2 ** 50, any: false }))
        break
      case 'hugeSync':
        all(({ wireSync }) =>
          wireSync.send({
            ...{ fork: 0, length: 2 ** 50, remoteLength: 0, canUpgrade: true, uploading: true, downloading: true },
            ...{ hasManifest: true, allowPush: false },
          }),
        )
        break
      case 'bitfields':
        await flood(({ wireBitfield }, index) =>
          wireBitfield.send({ start: 32_768 * (index * 7), bitfield: new Uint32Array(8).fill(random.sized(32)) }),
        )
        break
      case 'unansweredRequests': {
        // Whoever reads no replies makes the other side keep every request.
        pauseReading(connection)
        await flood(({ core, wireRequest }, index) =>
          wireRequest.send({
            ...{
              id: index,
              fork: 0,
              block: { index: index % Math.max(1, core.length), nodes: 0 },
              hash: null,
              seek: null,
            },
            ...{ upgrade: null, manifest: false, priority: 0 },
          }),
        )
        break
      }
      case 'random':
        await flood((peer) => sendRandom(peer, random))
        break
    }
    await delay(500)
    return { cores: peers.length, sent, isCutOff: connection.isClosed }
  },
})

/** One core's replication with one other device. */
type Replication = ReturnType<typeof wiresOf> & { readonly core: Hypercore }

function wiresOf(peer: ReplicationPeer) {
  const { wireSync, wireRequest, wireCancel, wireNoData, wireWant, wireUnwant, wireBitfield, wireRange } = peer
  return {
    ...{ deviceId: toHex(peer.remotePublicKey), wireSync, wireRequest, wireCancel, wireNoData, wireWant, wireUnwant },
    ...{ wireBitfield, wireRange },
  }
}

function peersOf(core: Hypercore): readonly ReplicationPeer[] {
  // What the app declares of these peers is only what it reads itself.
  return core.peers as readonly unknown[] as readonly ReplicationPeer[]
}

/** Stops reading what comes on a connection, so that whatever the other side sends has to wait there. */
function pauseReading(connection: ReturnType<HostileApp['poolConnection']>): void {
  const { stream } = Protomux.from(connection['connection'])
  const readable = stream as { pause(): void }
  readable.pause()
}

function sendRandom(peer: Replication, random: Random): void {
  const start = random.sized(53)
  const length = random.sized(53)
  const isOdd = random.next() < 0.5
  switch (random.between(0, 7)) {
    case 0:
      peer.wireRange.send({ drop: isOdd, start, length })
      break
    case 1:
      peer.wireBitfield.send({
        start: start - (start % 32_768),
        bitfield: new Uint32Array(random.between(0, 1_024)).fill(length >>> 0),
      })
      break
    case 2:
      peer.wireWant.send({ start, length, any: isOdd })
      break
    case 3:
      peer.wireUnwant.send({ start, length, any: isOdd })
      break
    case 4:
      peer.wireCancel.send({ request: start })
      break
    case 5:
      peer.wireNoData.send({ request: start, reason: 0 })
      break
    case 6:
      peer.wireRequest.send({
        ...{ id: length, fork: random.sized(3), block: isOdd ? { index: start, nodes: random.sized(53) } : null },
        ...{ hash: isOdd ? null : { index: start, nodes: 0 }, seek: null, upgrade: null, manifest: isOdd, priority: 0 },
      })
      break
    default:
      peer.wireSync.send({
        ...{ fork: random.sized(4), length, remoteLength: start, canUpgrade: isOdd, uploading: true },
        ...{ downloading: true, hasManifest: true, allowPush: false },
      })
  }
}
