import DHT from 'hyperdht'

/**
 * Strangers without end, in a process of their own: each comes with a new key.
 *
 * Arguments: port of the network, the key to dial, how many, how many at a time, and how long each stays.
 */
const [port, dialled = '', count, parallel, stayMs] = process.argv.slice(2)
const dht = new DHT({ bootstrap: [{ host: '127.0.0.1', port: Number(port) }], host: '127.0.0.1' })
let left = Number(count)
let opened = 0

async function comeAgain(): Promise<void> {
  while (left-- > 0) {
    const stream = dht.connect(Buffer.from(dialled, 'hex'), { keyPair: DHT.keyPair() })
    stream.on('error', () => undefined)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    if (await Promise.race([stream.opened, closed.then(() => false)])) {
      opened += 1
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, Number(stayMs)))])
    }
    stream.destroy()
  }
}

await Promise.all(Array.from({ length: Number(parallel) }, () => comeAgain()))
process.send?.({ opened })
process.disconnect()
process.exit(0)
