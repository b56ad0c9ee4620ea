import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Corestore from 'corestore'
import DHT from 'hyperdht'
import Protomux from 'protomux'
import { requestBlock, sendReplication, sessionOf } from '../../protocol/testing/hostile-replication.ts'

/**
 * A member's device in a process of its own that asks for large blocks again and again.
 *
 * Arguments: port of the network, the key to dial, and a folder. It says which core to replicate, and asks once it
 * hears that the other side has all of it; whoever stops it then has one that never reads what it is sent.
 */
const blocks = 60
const blockBytes = 512 * 1024
const requests = 1_000

const [port, dialled = ''] = process.argv.slice(2)
const dht = new DHT({ bootstrap: [{ host: '127.0.0.1', port: Number(port) }], host: '127.0.0.1' })
const store = new Corestore(await mkdtemp(join(tmpdir(), 'kith-silent-')))
const core = store.get({ keyPair: DHT.keyPair() })
await core.ready()
for (let index = 0; index < blocks; index++) await core.append(new Uint8Array(blockBytes).fill(index))
const stream = dht.connect(Buffer.from(dialled, 'hex'))
stream.on('close', () => process.exit(0))
stream.on('error', () => undefined)
const mux = Protomux.from(stream)
mux.createChannel({ protocol: 'kith/pool/1' })?.open()
core.replicate(mux)
await stream.opened
process.send?.({ key: Buffer.from(core.key).toString('hex'), blocks })
process.once('message', () => {
  sendReplication(
    { session: sessionOf(mux, core.discoveryKey), stream },
    Array.from({ length: requests }, (_, index) => requestBlock(index + 1, index % blocks)),
  )
  void stream.flush().then(() => process.send?.('sent'))
})
