import { comeAsStrangers } from './come-as-strangers.ts'

/**
 * Strangers without end, in a process of their own: each comes with a new key.
 *
 * Arguments: port of the network, the key to dial, how many, how many at a time, and how long each stays.
 */
const [port, dialled = '', count, parallel, stayMs] = process.argv.slice(2)
const { opened } = await comeAsStrangers({
  network: { bootstrap: [{ host: '127.0.0.1', port: Number(port) }], host: '127.0.0.1' },
  key: Buffer.from(dialled, 'hex'),
  count: Number(count),
  parallel: Number(parallel),
  stayMs: Number(stayMs),
})
process.send?.({ opened })
process.disconnect()
process.exit(0)
