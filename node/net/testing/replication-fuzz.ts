import type { Hypercore } from 'hypercore'
import DHT from 'hyperdht'
import Protomux from 'protomux'
import { maxCoreLength } from '../../base/core-limits.ts'
import type { Fuzzer } from '../../protocol/testing/fuzzer.ts'
import { sessionOf } from '../../protocol/testing/hostile-replication.ts'
import { throwReplication } from '../../protocol/testing/replication-fuzzer.ts'
import { ConnectionBench, longestStallMs, type End } from './connection-pair.ts'

/** What fuzzing did to the victim. */
export interface FuzzResult {
  readonly connections: number
  readonly thrown: number
  readonly stallMs: number
  readonly rssGrowthMb: number
  readonly unsentBytes: number
  /** Blocks that an honest third device received meanwhile. */
  readonly received: number
}

const throwsPerConnection = 60

/** Throws replication messages at a device that really replicates a core, while another one receives from it. */
export async function fuzzReplication(durationMs: number, fuzzer: Fuzzer): Promise<FuzzResult> {
  const bench = await ConnectionBench.open()
  try {
    const own = await bench.core('evil', { keyPair: DHT.keyPair() })
    await own.append(Array.from({ length: 100 }, (_, index) => Buffer.from(`block ${index}`)))
    const copy = await bench.core('victim', { key: own.key })
    const written = await bench.core('victim', { keyPair: DHT.keyPair() })
    const read = await bench.core('honest', { key: written.key })
    const [victim, honest] = await bench.pair()
    victim.connection.attach(written, maxCoreLength.usage)
    honest.connection.attach(read, maxCoreLength.usage)
    read.download({ start: 0, end: -1 })
    copy.download({ start: 0, end: -1 })
    const rss = process.memoryUsage().rss
    const result = { connections: 0, thrown: 0, unsentBytes: 0 }
    const stallMs = await longestStallMs(async () => {
      for (const endMs = performance.now() + durationMs; performance.now() < endMs; result.connections++) {
        result.thrown += await attackOnce(bench, own, copy, fuzzer, (bytes) => {
          result.unsentBytes = Math.max(result.unsentBytes, bytes)
        })
        await written.append(Buffer.from(`block ${result.connections}`))
      }
    })
    const deadlineMs = performance.now() + 30_000
    while (read.contiguousLength < written.length && performance.now() < deadlineMs) await pause(20)
    expectUntouched([victim, honest])
    // A second start: the core opens again, and what was there before is.
    await copy.close()
    const again = await bench.core('victim', { key: own.key })
    const last = again.length > 0 ? await again.get(0, { wait: false }) : null
    if (last !== null && String(last) !== 'block 0') throw new Error('A block has changed')
    const rssGrowthMb = (process.memoryUsage().rss - rss) / 2 ** 20
    return { ...result, stallMs, rssGrowthMb, received: read.contiguousLength }
  } finally {
    await bench.close()
  }
}

async function attackOnce(
  bench: ConnectionBench,
  own: Hypercore,
  copy: Hypercore,
  fuzzer: Fuzzer,
  onUnsent: (bytes: number) => void,
): Promise<number> {
  const [served, evil] = await bench.streams()
  const { connection } = bench.end(served)
  connection.admit()
  connection.attach(copy, maxCoreLength.member)
  const mux = Protomux.from(evil)
  mux.createChannel({ protocol: 'kith/pool/1' })?.open()
  own.replicate(mux)
  await evil.opened
  await pause(fuzzer.below(40))
  const session = sessionOf(mux, own.discoveryKey)
  let thrown = 0
  for (; thrown < throwsPerConnection && !connection.isClosed && !evil.destroying; thrown++) {
    throwReplication({ session, stream: evil }, fuzzer)
    onUnsent(connection.outflow.unsentBytes)
    if (fuzzer.random() < 0.3) await pause(0)
  }
  await pause(20)
  evil.destroy()
  connection.close()
  return thrown
}

function expectUntouched(ends: readonly End[]): void {
  if (ends.some(({ connection, cutOffs }) => connection.isClosed || cutOffs.length > 0))
    throw new Error('An honest connection was ended')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
