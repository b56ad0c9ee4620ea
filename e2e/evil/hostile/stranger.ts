import DHT from 'hyperdht'
import { z } from 'zod'
import { fromHex } from '../../../node/crypto/encoding.ts'
import { networkSchema } from '../parts/orders.ts'
import { hostilePart } from './hostile-part.ts'

/** How many handshakes are under way at once. */
const atOnce = 32
const connectDeadlineMs = 3_000

/** Connects to a device again and again, each time as somebody new, and holds what it gets. */
export const stranger = hostilePart({
  input: z.object({ network: networkSchema, deviceId: z.string(), connections: z.number().int(), holds: z.boolean() }),
  async run(_app, { network, deviceId, connections, holds }) {
    const key = fromHex(deviceId)
    if (!key) throw new Error('That is no device')
    const dht = new DHT({ bootstrap: network.bootstrap, host: network.host })
    const open: ReturnType<DHT['connect']>[] = []
    let made = 0
    let begun = 0
    const connectOnAndOn = async (): Promise<void> => {
      while (begun < connections) {
        begun += 1
        const stream = dht.connect(key, { keyPair: DHT.keyPair() })
        stream.on('error', () => undefined)
        const isOpen = await Promise.race([
          stream.opened,
          new Promise<false>((resolve) => setTimeout(() => resolve(false), connectDeadlineMs)),
        ])
        if (isOpen) made += 1
        if (holds && isOpen) open.push(stream)
        else stream.destroy()
      }
    }
    await Promise.all(Array.from({ length: atOnce }, connectOnAndOn))
    for (const stream of open) stream.destroy()
    await dht.destroy({ force: true })
    return { made }
  },
})
