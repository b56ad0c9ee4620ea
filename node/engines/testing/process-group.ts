import { readFile, readdir } from 'node:fs/promises'
import { delay } from '../../base/deadline.ts'

/** Resolves when a process group has used almost no processor time for a tenth of a second. */
export async function whenIdle(processGroup: number): Promise<void> {
  let ticks = await groupTicks(processGroup)
  for (;;) {
    await delay(100)
    const now = await groupTicks(processGroup)
    if (now - ticks <= 1) return
    ticks = now
  }
}

/** Processor time of a process group, in hundredths of a second (Linux). */
async function groupTicks(processGroup: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  const fields = stats.map((text) =>
    text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number),
  )
  const own = fields.filter((field) => field[2] === processGroup)
  return own.reduce((sum, field) => sum + (field[11] ?? 0) + (field[12] ?? 0), 0)
}
