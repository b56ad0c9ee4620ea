import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { joinSignals } from '../../base/joined-signal.ts'
import type { PackageSource } from '../models/catalogue.ts'
import type { SourceJob, SourceOutcome, SourceTimes } from './download-source.ts'
import type { PackageClient } from './package-client.ts'
import { runProgram, type ProgramEnd } from './run-program.ts'

const watchIntervalMs = 300

type PackagePart = PackageSource['parts'][number]

export interface PackageWork {
  readonly client: PackageClient
  /** Where packages are fetched and unpacked; a finished one stays here until its piece is appended. */
  readonly folder: string
  readonly job: SourceJob
  readonly times: SourceTimes
}

type Fetched = { readonly kind: 'complete'; readonly piece: string } | Exclude<SourceOutcome, { kind: 'complete' }>

/** Fetches one package, unless it is here already, and unpacks it. `start` is the byte offset of its piece. */
export async function fetchPackage(
  part: PackagePart,
  work: PackageWork,
  start: number,
  label: string,
): Promise<Fetched> {
  const { client, job, folder } = work
  const wheelsDir = path.join(folder, 'wheels')
  if ((await wheelIn(wheelsDir)) === null) {
    const arrivingDir = path.join(folder, 'arriving')
    const { ended, isStalled } = await runClient(part, work, arrivingDir, (bytes) => {
      // Packed and unpacked sizes differ a little; the next piece corrects the count.
      job.onProgress(start + Math.min(bytes, part.sizeBytes), label)
    })
    if (job.signal.aborted) return { kind: 'stopped' }
    if (isStalled) return { kind: 'broken', reason: 'the package index sends nothing' }
    if (ended.kind === 'missing' || ended.code !== 0) {
      return { kind: start > 0 ? 'broken' : 'unreachable', reason: 'the package index cannot be reached' }
    }
    // A client that was killed may have left half a package there.
    await rm(wheelsDir, { recursive: true, force: true })
    await rename(arrivingDir, wheelsDir)
  }
  const wheel = await wheelIn(wheelsDir)
  if (wheel === null) return { kind: 'unreachable', reason: 'the package index has no such file' }
  const unpackedDir = path.join(folder, 'unpacked')
  await runProgram(client.program, client.unpackArgs(wheel, unpackedDir), { signal: job.signal })
  if (job.signal.aborted) return { kind: 'stopped' }
  return { kind: 'complete', piece: path.join(unpackedDir, ...part.file.split('/')) }
}

/** Runs the client and watches the files it writes: it reports no reliable progress. */
async function runClient(
  part: PackagePart,
  work: PackageWork,
  arrivingDir: string,
  onBytes: (bytes: number) => void,
): Promise<{ ended: ProgramEnd; isStalled: boolean }> {
  const { client, job, times } = work
  const temporaryDir = path.join(work.folder, 'temporary')
  for (const directory of [temporaryDir, arrivingDir]) {
    await rm(directory, { recursive: true, force: true })
    await mkdir(directory, { recursive: true })
  }
  const stalled = new AbortController()
  const stop = joinSignals([job.signal, stalled.signal])
  let seenBytes = -1
  let seenAtMs = performance.now()
  const look = async (): Promise<void> => {
    const bytes = await folderBytes(temporaryDir)
    if (bytes !== seenBytes) seenAtMs = performance.now()
    else if (performance.now() - seenAtMs > times.stallMs) {
      stalled.abort()
    }
    seenBytes = bytes
    onBytes(bytes)
  }
  const watch = setInterval(() => void look(), watchIntervalMs)
  try {
    const args = client.downloadArgs(part.package, part.version, arrivingDir)
    const env = { TMPDIR: temporaryDir, TEMP: temporaryDir, TMP: temporaryDir }
    const ended = await runProgram(client.program, args, { signal: stop, env })
    return { ended, isStalled: stalled.signal.aborted }
  } finally {
    clearInterval(watch)
    stop.clear()
  }
}

async function wheelIn(folder: string): Promise<string | null> {
  const wheel = (await readdir(folder).catch(() => [])).find((name) => name.endsWith('.whl'))
  return wheel === undefined ? null : path.join(folder, wheel)
}

async function folderBytes(folder: string): Promise<number> {
  // Files come and go while the client works; a missing one counts as empty.
  const files = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(files.map((file) => sizeOfFile(path.join(folder, file))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** 0 where there is no file. */
export function sizeOfFile(file: string): Promise<number> {
  return stat(file).then(
    (stats) => (stats.isFile() ? stats.size : 0),
    () => 0,
  )
}
