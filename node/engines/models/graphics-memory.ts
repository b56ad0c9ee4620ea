import { readdir, readFile } from 'node:fs/promises'
import { arch, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import { joinSignals } from '../../base/joined-signal.ts'
import { runProgram } from '../downloads/run-program.ts'

const askDeadlineMs = 5_000
/** Of the memory that processor and graphics share on Apple computers, as much as macOS gives to graphics. */
const sharedPortion = 0.65
const mib = 1024 * 1024

/** Memory of the largest graphics card; null where there is none, or none that says so. */
export async function graphicsMemory(signal: AbortSignal): Promise<number | null> {
  if (platform() === 'darwin') return arch() === 'arm64' ? Math.floor(totalmem() * sharedPortion) : null
  const known = [...(await amdCards()), ...(await nvidiaCards(signal))]
  return known.length > 0 ? Math.max(...known) : null
}

/** The driver of AMD cards on Linux writes it into a file. */
async function amdCards(): Promise<number[]> {
  const folder = '/sys/class/drm'
  const cards = await readdir(folder).catch(() => [])
  const texts = cards.map((card) =>
    readFile(join(folder, card, 'device', 'mem_info_vram_total'), 'utf8').catch(() => ''),
  )
  return (await Promise.all(texts)).map(Number).filter((bytes) => bytes > 0)
}

/** The driver of NVIDIA cards comes with a program that says it, in MiB. */
async function nvidiaCards(signal: AbortSignal): Promise<number[]> {
  let output = ''
  const args = ['--query-gpu=memory.total', '--format=csv,noheader,nounits']
  const bounded = joinSignals([signal], askDeadlineMs)
  try {
    const ended = await runProgram('nvidia-smi', args, {
      signal: bounded,
      onOutput: (text) => (output = (output + text).slice(0, 10_000)),
    })
    return ended.kind === 'ended' && ended.code === 0 ? readMebibytes(output) : []
  } finally {
    bounded.clear()
  }
}

/** One number a line, of one card each. */
export function readMebibytes(output: string): number[] {
  return output
    .split('\n')
    .map((line) => Number(line.trim()) * mib)
    .filter((bytes) => Number.isFinite(bytes) && bytes > 0)
}
