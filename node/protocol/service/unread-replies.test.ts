import { once } from 'node:events'
import { join } from 'node:path'
import DHT from 'hyperdht'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ok } from '../../contract/result.ts'
import { randomBytes } from '../../crypto/keys.ts'
import { toHex } from '../../crypto/encoding.ts'
import { CutOffs } from '../cut-offs.ts'
import { startChild } from '../testing/built-child.ts'
import { ServiceBench } from '../testing/service-bench.ts'
import { deviceIdOf } from './service-connection.ts'

let bench: ServiceBench
beforeAll(async () => {
  bench = await ServiceBench.open()
})
afterAll(() => bench.close())

const replyBytes = 200_000
const calls = 20_000
const body = JSON.stringify({ receipts: [{ record: 'r', processor: null, gateway: null }] })

it('replies that nobody reads take little memory, and end the connection', async () => {
  const cutOffs = new CutOffs()
  let answered = 0
  const usage = (): never => {
    answered += 1
    return ok({ receipts: [], padding: 'x'.repeat(replyBytes) }) as never
  }
  const { target, server } = await bench.provider({ tokens: 1, tokenMs: 0 }, { cutOffs, handlers: { usage } })
  const seed = randomBytes(32)
  const deviceId = deviceIdOf(DHT.keyPair(seed).publicKey)
  const honest = bench.caller()
  const known = bench.callers.get(honest.deviceId)
  if (known) bench.callers.set(deviceId, { ...known, deviceId })
  const args = [String(bench.bootstrap[0]?.port), toHex(target.serviceKey), toHex(seed), 'usage', body, String(calls)]
  const child = await startChild(join(import.meta.dirname, '../testing/silent-reader.ts'), args)
  try {
    await once(child, 'message')
    const before = process.memoryUsage().rss
    child.send('go')
    await expect.poll(() => answered).toBeGreaterThan(5)
    child.kill('SIGSTOP')
    let highest = 0
    const look = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 20)
    await expect.poll(() => server.connectionCount, { timeout: 60_000 }).toBe(0)
    clearInterval(look)
    expect(highest - before).toBeLessThan(100 * 2 ** 20)
    expect(answered).toBeLessThan(1_000)
  } finally {
    child.kill('SIGKILL')
  }
})
