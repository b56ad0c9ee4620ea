import RPC from '@hyperswarm/rpc'
import { raw } from 'compact-encoding'
import DHT from 'hyperdht'
import { encodeCall } from '../messages/call-encoding.ts'

/**
 * A member's device in a process of its own that calls a method again and again.
 *
 * Arguments: port of the network, the service to call, the device's seed, the method, what it carries, and how many calls. It says when
 * it is connected, and calls once it hears back; whoever stops it in the middle has one that never reads its replies.
 */
const [port, serviceKey = '', seed = '', method = '', body = '{}', calls] = process.argv.slice(2)
const dht = new DHT({ bootstrap: [{ host: '127.0.0.1', port: Number(port) }], host: '127.0.0.1' })
const keyPair = DHT.keyPair(Buffer.from(seed, 'hex'))
const client = new RPC({ dht, keyPair, valueEncoding: raw }).connect(Buffer.from(serviceKey, 'hex'), { keyPair })
client.on('close', () => process.exit(0))
await client.stream.opened
process.send?.('connected')
process.once('message', () => {
  const call = encodeCall({ body: Buffer.from(body), signature: new Uint8Array(0) })
  const ignore = (): void => undefined
  for (let count = 0; count < Number(calls); count++) void client.request(method, call).catch(ignore)
  void client.stream.flush().then(() => process.send?.('sent'))
})
