// What two peers add to an engine: the same requests straight to a paced server and through the pool.
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { startLocalNetwork } from '../../node/net/local-network.ts'
import { TestPeer, valueOf } from '../../node/peer/testing/test-peer.ts'
import { runCleanly, type Cleanup } from '../harness/run-cleanly.ts'
import { askDirectly } from './parts/direct-asker.ts'
import { giverReadySchema, startGiver } from './parts/giver.ts'
import { compareFirstTokens, compareSpeed, type Asking } from './parts/comparison.ts'
import { startPacedServer } from './parts/paced-server.ts'
import { PoolAsker } from './parts/pool-asker.ts'
import { runRole, startRole, type RunningRole } from './parts/process-role.ts'
import { rounded } from './parts/statistics.ts'

/** A server has four slots and a peer takes eight servers, which makes room for 32 streams at once. */
const serverCount = 8
const streams = 32

const enginesReadySchema = z.object({ servers: z.array(z.object({ url: z.string(), model: z.string() })) })

async function startEngines(): Promise<RunningRole> {
  const names = Array.from({ length: serverCount }, (_, index) => `paced-${index + 1}`)
  const servers = await Promise.all(names.map(startPacedServer))
  return {
    ready: { servers: servers.map(({ url, model }) => ({ url, model })) },
    async stop() {
      for (const server of servers) await server.stop()
    },
  }
}

async function measure(cleanup: Cleanup): Promise<void> {
  const file = fileURLToPath(import.meta.url)
  const local = await startLocalNetwork()
  cleanup.add(() => local.stop())
  const network = { host: local.host, bootstrap: local.bootstrap }
  const { servers } = await startRole(cleanup, file, 'engines', {}, enginesReadySchema)
  const giverInput = { network, serverUrls: servers.map(({ url }) => url) }
  const giver = await startRole(cleanup, file, 'giver', giverInput, giverReadySchema)
  const asker = await TestPeer.start('asker', network)
  cleanup.add(() => asker.remove())
  await asker.signUp()
  valueOf(await asker.peer.call('pool.join', { link: giver.link }))
  await asker.until(
    ({ machines }) => machines.some((machine) => !machine.isSelf && machine.models.length === serverCount),
    'the shared models',
  )
  const pool = new PoolAsker(asker, giver.poolId)
  await report(
    servers.map((server) => ({
      direct: (pace) => askDirectly(server, pace),
      pool: (pace) => pool.ask(server.model, pace),
    })),
  )
  pool.close()
}

async function report(askings: readonly Asking[]): Promise<void> {
  const [first] = askings
  if (!first) throw new Error('There is no server')
  console.log('First token, one question at a time …')
  const firstToken = await compareFirstTokens(first, { firstTokenMs: 20, tokenMs: 2, tokens: 8 }, 250)
  console.log('Tokens a second, one stream …')
  const one = await compareSpeed([first], { firstTokenMs: 20, tokenMs: 5, tokens: 256 }, 16)
  const spread = Array.from({ length: streams / serverCount }, () => askings).flat()
  console.log(`Tokens a second, ${streams} streams at once …`)
  const many = await compareSpeed(spread, { firstTokenMs: 20, tokenMs: 20, tokens: 256 }, 6)
  const result = {
    ttft_added_ms_p50: firstToken.addedMs(0.5),
    ttft_added_ms_p99: firstToken.addedMs(0.99),
    tokens_per_s_ratio_1: one.ratio,
    tokens_per_s_ratio_32: many.ratio,
    // The same engine measured twice without a peer: the noise of this machine alone.
    ttft_noise_ms_p99: firstToken.noiseMs(0.99),
    ttft_direct_ms_p50: firstToken.directMs(0.5),
    ttft_direct_ms_p99: firstToken.directMs(0.99),
    ttft_pool_ms_p50: firstToken.poolMs(0.5),
    ttft_pool_ms_p99: firstToken.poolMs(0.99),
    window_ttft_added_ms_p50: firstToken.windowAddedMs(0.5),
    window_ttft_added_ms_p99: firstToken.windowAddedMs(0.99),
    tokens_per_s_direct_1: one.direct,
    tokens_per_s_direct_32: many.direct,
  }
  console.log(JSON.stringify(Object.fromEntries(Object.entries(result).map(([name, value]) => [name, rounded(value)]))))
}

const role = process.argv[2]
if (role === 'engines') await runRole(startEngines)
else if (role === 'giver') await runRole(startGiver)
else await runCleanly(measure)
