import { slowLayers } from '../../../resources/scripts/real/tiny-gguf.mjs'
import { z } from 'zod'
import { TestPeer, valueOf } from './test-peer.ts'

/** A whole peer in a process of its own, to be stopped and killed. It joins by the link it is sent, and shares a model. */
const [port, username] = process.argv.slice(2)
const bootstrap = [{ host: '127.0.0.1', port: Number(port) }]
const mate = await TestPeer.start(username ?? 'mate', { host: '127.0.0.1', bootstrap })
await mate.signUp()
const model = await mate.importTinyModel({ endless: true, layers: slowLayers })
process.once('message', (message) => {
  const { link } = z.object({ link: z.string() }).parse(message)
  void mate.peer
    .call('pool.join', { link })
    .then(valueOf)
    .then(() => mate.peer.call('sharing.set', { isEnabled: true }))
    .then(valueOf)
})
process.send?.({ model })
