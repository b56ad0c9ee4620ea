import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { maxCoreLength } from '../base/core-limits.ts'
import { fromHex, toHex } from '../crypto/encoding.ts'
import { startChild } from '../protocol/testing/built-child.ts'
import { ConnectionBench } from './testing/connection-pair.ts'

const helloSchema = z.object({ key: z.string(), blocks: z.number() })

it('blocks that nobody reads take little memory, and end the connection', async () => {
  const bench = await ConnectionBench.open()
  const listening = await bench.listen()
  const file = join(import.meta.dirname, 'testing/silent-replicator.ts')
  const child = await startChild(file, [String(bench.port), toHex(listening.publicKey)])
  try {
    const [stream, [message]] = await Promise.all([listening.connection, once(child, 'message')])
    const { key, blocks } = helloSchema.parse(message)
    const copy = await bench.core('copies', { key: fromHex(key) ?? new Uint8Array(32) })
    const victim = bench.end(stream)
    victim.connection.admit()
    victim.connection.attach(copy, maxCoreLength.member)
    copy.download({ start: 0, end: -1 })
    await expect.poll(() => copy.contiguousLength, { timeout: 30_000 }).toBe(blocks)
    const before = process.memoryUsage().rss
    let highest = 0
    let unsent = 0
    const look = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage().rss)
      unsent = Math.max(unsent, victim.connection.outflow.unsentBytes)
    }, 10)
    child.send('go')
    await expect.poll(() => unsent).toBeGreaterThan(0)
    child.kill('SIGSTOP')
    await expect.poll(() => victim.connection.isClosed, { timeout: 60_000 }).toBe(true)
    clearInterval(look)
    expect(highest - before).toBeLessThan(100 * 2 ** 20)
  } finally {
    child.kill('SIGKILL')
    await bench.close()
  }
})
