import Protomux from 'protomux'
import DHT from 'hyperdht'
import { expect, it } from 'vitest'
import { maxCoreLength } from '../base/core-limits.ts'
import { ConnectionBench } from './testing/connection-pair.ts'

const blocks = Number(process.env['KITH_SPEED_BLOCKS'] ?? 20_000)

it('a first sync takes no longer through the filter', { timeout: 600_000 }, async () => {
  const bench = await ConnectionBench.open()
  try {
    const own = await bench.core('own', { keyPair: DHT.keyPair() })
    for (let at = 0; at < blocks; at += 1_000)
      await own.append(Array.from({ length: 1_000 }, (_, index) => Buffer.from(`block ${at + index}`.padEnd(200, '.'))))
    const sync = async (store: string, isFiltered: boolean): Promise<number> => {
      const copy = await bench.core(store, { key: own.key })
      const [served, dialled] = await bench.streams()
      const startedMs = performance.now()
      if (isFiltered) {
        for (const [stream, core] of [
          [served, own],
          [dialled, copy],
        ] as const) {
          const { connection } = bench.end(stream)
          connection.admit()
          connection.attach(core, maxCoreLength.usage)
        }
      } else {
        own.replicate(Protomux.from(served))
        copy.replicate(Protomux.from(dialled))
      }
      await copy.download({ start: 0, end: blocks }).done()
      const tookMs = performance.now() - startedMs
      served.destroy()
      dialled.destroy()
      await copy.close()
      return tookMs
    }
    await sync('warm', false)
    const plain: number[] = []
    const filtered: number[] = []
    for (let round = 0; round < 2; round++) {
      plain.push(await sync(`plain ${round}`, false))
      filtered.push(await sync(`filtered ${round}`, true))
    }
    const ratio = Math.min(...filtered) / Math.min(...plain)
    process.stdout.write(
      `${JSON.stringify({ blocks, plain: plain.map(Math.round), filtered: filtered.map(Math.round), ratio })}\n`,
    )
    expect(ratio).toBeLessThan(1.25)
  } finally {
    await bench.close()
  }
})
