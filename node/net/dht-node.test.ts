import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import { DhtNode } from './dht-node.ts'

it('says that the port asked for is taken, and does not take another one silently', async () => {
  const other = createSocket('udp4').bind(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address()
  const node = new DhtNode({ host: '127.0.0.1', port, bootstrap: [] }, createLog({ level: 'silent' }))
  await expect(node.start()).rejects.toMatchObject({ error: { code: 'port_taken', details: { port } } })
  other.close()
  await once(other, 'close')
  await node.start()
  await node.stop()
})
