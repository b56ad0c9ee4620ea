import { z } from 'zod'
import { delay } from '../../../node/base/deadline.ts'
import { createLog } from '../../../node/base/log.ts'
import { jsonBytes } from '../../../node/protocol/messages/bytes.ts'
import { encodeCall } from '../../../node/protocol/messages/call-encoding.ts'
import type { CallName } from '../../../node/protocol/methods.ts'
import { DialledConnections } from '../../../node/protocol/service/dialled-connections.ts'
import { Random } from '../harness/random.ts'
import type { HostileApp } from './captured-app.ts'
import { hostilePart, targetSchema } from './hostile-part.ts'

const floodMs = 8_000
const callsPerTurn = 200
const receipts = Array.from({ length: 20 }, () => ({ record: 'x', processor: null, gateway: null }))

/** Calls the service of the victim without an end, and reads no reply. */
export const silentReader = hostilePart({
  input: targetSchema.extend({ connections: z.number().int().min(1).max(8) }),
  async run(app: HostileApp, { poolId, victimDeviceId, connections, seed }) {
    const random = new Random(seed)
    const target = app.machine(victimDeviceId)
    const { dht, deviceKeyPair } = app.clients['options']
    const log = createLog({ level: 'silent' })
    const subject = { kind: 'member', poolId, accountId: app.pool(poolId).ownAccountId, keyId: null }
    const encoded = (method: CallName, body: unknown): [CallName, Uint8Array] => [
      method,
      encodeCall({ body: jsonBytes(body), signature: new Uint8Array(0) }),
    ]
    const endMs = performance.now() + floodMs
    const flood = async (): Promise<{ sent: number; isCutOff: boolean }> => {
      const dialled = new DialledConnections({ dht, deviceKeyPair, log })
      const used = dialled.use(target)
      if (!used || !(await used.connection.opened)) throw new Error('The service could not be dialled')
      const stream = used.connection.mux.stream as { pause(): void }
      stream.pause()
      let sent = 0
      while (performance.now() < endMs && !used.connection.isClosed) {
        for (let turn = 0; turn < callsPerTurn; turn += 1) {
          const call = random.pick([
            encoded('ping', {}),
            encoded('leaseQuota', { type: 'look', subject }),
            encoded('usage', { receipts }),
          ])
          void used.request(...call)
          sent += 1
        }
        await new Promise((resolve) => setImmediate(resolve))
      }
      const isCutOff = used.connection.isClosed
      await dialled.stop()
      return { sent, isCutOff }
    }
    const floods = await Promise.all(Array.from({ length: connections }, flood))
    await delay(500)
    return { floods }
  },
})
