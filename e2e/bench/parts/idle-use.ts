import { delay } from '../../../node/base/deadline.ts'
import { useOfTree } from './process-tree.ts'
import { sum } from './statistics.ts'

export interface IdleUse {
  /** Of one core. */
  readonly cpuPercent: number
  readonly rssMegabytes: number
  /** Shared pages counted once; null where one of the processes could not be looked into. */
  readonly pssMegabytes: number | null
  readonly processes: number
}

const megabyte = 1_024 * 1_024

/** What an idle app uses over a period. */
export async function idleUse(pid: number, durationMs: number): Promise<IdleUse> {
  const startedMs = performance.now()
  const before = await useOfTree(pid)
  await delay(durationMs)
  const after = await useOfTree(pid)
  const elapsedMs = performance.now() - startedMs
  const cpuMs = sum([...after].map(([one, use]) => use.cpuMs - (before.get(one)?.cpuMs ?? 0)))
  const uses = [...after.values()]
  const pss = uses.map((use) => use.pssBytes)
  return {
    cpuPercent: (100 * cpuMs) / elapsedMs,
    rssMegabytes: sum(uses.map((use) => use.rssBytes)) / megabyte,
    pssMegabytes: pss.every((bytes) => bytes !== null) ? sum(pss) / megabyte : null,
    processes: uses.length,
  }
}
