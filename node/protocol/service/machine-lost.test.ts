import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build } from 'vite'
import { deviceIdSchema } from '../../contract/ids.ts'
import { z } from 'zod'
import { hear, never, promptRequest, ServiceBench, testPool } from '../testing/service-bench.ts'
import type { ServiceTarget } from './service-client.ts'

const outDir = join(import.meta.dirname, '../../node_modules/.cache/kith-killable-provider')
const helloSchema = z.object({ deviceId: deviceIdSchema, serviceKey: z.string() })

let bench: ServiceBench
const children: ChildProcess[] = []
beforeAll(async () => {
  bench = await ServiceBench.open()
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: join(import.meta.dirname, '../testing/killable-provider.ts'), outDir, emptyOutDir: true },
  })
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await bench.close()
})

async function provider(): Promise<{ child: ChildProcess; target: ServiceTarget }> {
  const port = String(bench.bootstrap[0]?.port)
  const child = fork(join(outDir, 'killable-provider.js'), [port, testPool], { execArgv: [] })
  children.push(child)
  const [message] = await once(child, 'message')
  const { deviceId, serviceKey } = helloSchema.parse(message)
  return { child, target: { deviceId, serviceKey: Buffer.from(serviceKey, 'hex'), name: 'Doomed' } }
}

describe('a machine that goes away in the middle of a generation', () => {
  it.each(['SIGKILL', 'SIGSTOP'] as const)('is noticed within 3 seconds after %s', async (signal) => {
    const { child, target } = await provider()
    let killedMs = 0
    const heard = await hear(bench.caller().clients.ask(target, 'processRequest', promptRequest(), never), (part) => {
      if (part.type !== 'text' || killedMs > 0) return
      killedMs = performance.now()
      child.kill(signal)
    })
    expect(heard.code).toBe('machine_lost')
    expect(performance.now() - killedMs).toBeLessThan(3_000)
  })
})
