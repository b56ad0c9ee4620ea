import { readdir, readFile } from 'node:fs/promises'

export interface ProcessUse {
  readonly cpuMs: number
  readonly rssBytes: number
  /** Shared pages counted once; null where the kernel lets nobody look. */
  readonly pssBytes: number | null
}

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10
const pageBytes = 4_096

/** What a process and all below it use, by process id. */
export async function useOfTree(rootPid: number): Promise<ReadonlyMap<number, ProcessUse>> {
  const parents = new Map<number, number>()
  const used = new Map<number, ProcessUse>()
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const fields = await statOf(pid)
    if (!fields) continue
    parents.set(pid, fields.parent)
    used.set(pid, { cpuMs: fields.cpuMs, rssBytes: fields.rssBytes, pssBytes: await pssOf(pid) })
  }
  const isBelow = (pid: number): boolean => {
    for (let one: number | undefined = pid; one !== undefined; one = parents.get(one)) if (one === rootPid) return true
    return false
  }
  return new Map([...used].filter(([pid]) => isBelow(pid)))
}

async function statOf(pid: number): Promise<{ parent: number; cpuMs: number; rssBytes: number } | null> {
  const text = await readText(`/proc/${pid}/stat`)
  if (text === null) return null
  // The name comes second, in brackets, and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  return { parent: field(4), cpuMs: (field(14) + field(15)) * tickMs, rssBytes: field(24) * pageBytes }
}

async function pssOf(pid: number): Promise<number | null> {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec((await readText(`/proc/${pid}/smaps_rollup`)) ?? '')?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1_024
}

/** Null for what has ended, or is closed to this user. */
async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    // Processes come and go while the list is read.
    return null
  }
}
