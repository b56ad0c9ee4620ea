import { z } from 'zod'
import { delay } from '../../../node/base/deadline.ts'
import { createLog } from '../../../node/base/log.ts'
import { jsonBytes } from '../../../node/protocol/messages/bytes.ts'
import { encodeCall } from '../../../node/protocol/messages/call-encoding.ts'
import type { CallName } from '../../../node/protocol/methods.ts'
import { DialledConnections, type UsedConnection } from '../../../node/protocol/service/dialled-connections.ts'
import { Random } from '../harness/random.ts'
import type { HostileApp } from './captured-app.ts'
import { count, hostilePart, targetSchema } from './hostile-part.ts'

const floodMs = 6_000
const callsPerFrame = 1_000
/** Frames are sent this far apart: faster, and they wait in this process. */
const pauseMs = 5

/** What became of one connection. */
const floodSchema = z.object({
  calls: count,
  /** What has left for the victim. */
  bytes: count,
  isCutOff: z.boolean(),
  /** Why it was not let in, if it was not. */
  refused: z.string().nullable(),
})

/** What one can do with the stream below a multiplexer. */
interface Stream {
  readonly rawBytesWritten: number
  write(frame: Uint8Array): boolean
  pause(): void
}

/** Calls the service of the victim without an end, and reads no reply. */
export const silentReader = hostilePart({
  input: targetSchema.extend({ connections: z.number().int().min(1).max(8) }),
  report: z.object({ floods: z.array(floodSchema) }),
  async run(app: HostileApp, { poolId, victimDeviceId, connections, seed }) {
    const random = new Random(seed)
    const target = app.machine(victimDeviceId)
    const { dht, deviceKeyPair } = app.clients['options']
    const log = createLog({ level: 'silent' })
    const subject = { kind: 'member', poolId, accountId: app.pool(poolId).ownAccountId, keyId: null }
    const ping = encoded('ping', {})
    const look = encoded('leaseQuota', { type: 'look', subject })
    const endMs = performance.now() + floodMs
    const flood = async (): Promise<z.infer<typeof floodSchema>> => {
      const dialled = new DialledConnections({ dht, deviceKeyPair, log })
      const used = dialled.use(target)
      if (!used || !(await used.connection.opened)) throw new Error('The service could not be dialled')
      // The first reply is read: calls travel only once both sides have opened the channel.
      const first = await used.request(...ping)
      // A computer has four places at most, and its app may hold one of them.
      if (!first.ok) return { calls: 0, bytes: 0, isCutOff: false, refused: first.error.code }
      const stream = used.connection.mux.stream as Stream
      stream.pause()
      const bytesBefore = stream.rawBytesWritten
      const frame = frameOf(used, stream, () => random.pick([look, look, look, ping]))
      let calls = 0
      while (performance.now() < endMs && !used.connection.isClosed) {
        stream.write(Buffer.from(frame))
        calls += callsPerFrame
        await delay(pauseMs)
      }
      // It stays, with all that waits for it.
      const bytes = stream.rawBytesWritten - bytesBefore
      return { calls, bytes, isCutOff: used.connection.isClosed, refused: null }
    }
    const floods = await Promise.all(Array.from({ length: connections }, flood))
    await delay(500)
    return { floods }
  },
})

type EncodedCall = readonly [method: CallName, bytes: Uint8Array]

function encoded(method: CallName, body: unknown): EncodedCall {
  return [method, encodeCall({ body: jsonBytes(body), signature: new Uint8Array(0) })]
}

/** Many calls in one frame, as the multiplexer would send it. */
function frameOf(used: UsedConnection, stream: Stream, call: () => EncodedCall): Uint8Array {
  const { mux } = used.connection
  const frames: Uint8Array[] = []
  const write = Reflect.get(stream, 'write')
  stream.write = (frame) => frames.push(Buffer.from(frame)) > 0
  mux.cork()
  for (let index = 0; index < callsPerFrame; index += 1) void used.request(...call())
  mux.uncork()
  stream.write = write
  return Buffer.concat(frames.slice(0, 1))
}
