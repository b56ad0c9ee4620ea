import { z } from 'zod'
import { fromHex } from '../../../node/crypto/encoding.ts'
import { comeAsStrangers } from '../../../node/net/testing/come-as-strangers.ts'
import { networkSchema } from '../parts/orders.ts'
import { count, hostilePart } from './hostile-part.ts'

/** How many handshakes are under way at once. */
const parallel = 32

/** Connects to a device again and again, each time as somebody new; `holds` keeps all that it gets. */
export const stranger = hostilePart({
  input: z.object({ network: networkSchema, deviceId: z.string(), connections: z.number().int(), holds: z.boolean() }),
  /** Connections that were made, and those of them that the victim has ended. */
  report: z.object({ opened: count, sentAway: count }),
  run(_app, { network, deviceId, connections, holds }) {
    const key = fromHex(deviceId)
    if (!key) throw new Error('That is no device')
    return comeAsStrangers({ network, key, count: connections, parallel, stayMs: holds ? null : 0 })
  },
})
