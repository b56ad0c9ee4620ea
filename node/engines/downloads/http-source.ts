import { constants, open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { delay } from '../../base/deadline.ts'
import { codeOf, storageFailure } from '../../base/files.ts'
import { joinSignals } from '../../base/joined-signal.ts'
import type { UrlSource } from '../models/catalogue.ts'
import type { SourceJob, SourceOutcome, SourceTimes } from './download-source.ts'
import { checkHttpFile } from './http-check.ts'

/** Attempts in a row without a byte before the source is given up. */
const maxEmptyTries = 4

/** Fetches a file by URL, resuming where it stopped, and retries when the connection breaks or stalls. */
export async function fetchFromUrl(source: UrlSource, job: SourceJob, times: SourceTimes): Promise<SourceOutcome> {
  const checked = await checkHttpFile(source.url, job.entry, job.signal)
  if (job.signal.aborted) return { kind: 'stopped' }
  if (!checked.ok) return { kind: 'unreachable', reason: checked.reason }
  let file: FileHandle
  try {
    file = await open(job.partPath, constants.O_RDWR | constants.O_CREAT, 0o600)
  } catch (cause) {
    return await failed(cause, job)
  }
  try {
    return await fetchInto(file, source.url, job, times)
  } catch (cause) {
    return await failed(cause, job)
  } finally {
    await file.close()
  }
}

async function fetchInto(file: FileHandle, url: string, job: SourceJob, times: SourceTimes): Promise<SourceOutcome> {
  const host = new URL(url).hostname
  let emptyTries = 0
  let hasAny = false
  for (;;) {
    const offset = Math.min((await file.stat()).size, job.entry.sizeBytes)
    if (offset === job.entry.sizeBytes) return { kind: 'complete' }
    const got = await fetchRest(file, url, offset, job, times.stallMs)
    if (job.signal.aborted) return { kind: 'stopped' }
    hasAny ||= got.bytes > 0
    if (got.refusal !== null) return { kind: hasAny ? 'broken' : 'unreachable', reason: got.refusal }
    emptyTries = got.bytes > 0 ? 0 : emptyTries + 1
    if (offset + got.bytes === job.entry.sizeBytes) continue
    if (emptyTries >= maxEmptyTries) {
      return { kind: hasAny ? 'broken' : 'unreachable', reason: `${host} sends nothing` }
    }
    if (!(await delay(times.firstRetryMs * 2 ** emptyTries, job.signal))) return { kind: 'stopped' }
  }
}

/** One request. Network errors end it; disk errors are thrown. */
async function fetchRest(
  file: FileHandle,
  url: string,
  offset: number,
  job: SourceJob,
  stallMs: number,
): Promise<{ bytes: number; refusal: string | null }> {
  const host = new URL(url).hostname
  const stalled = new AbortController()
  const stop = joinSignals([job.signal, stalled.signal])
  const watch = setTimeout(() => stalled.abort(), stallMs)
  let bytes = 0
  try {
    const headers: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-` } : {}
    const response = await fetch(url, { headers, signal: stop })
    if (response.status >= 500 || response.status === 429) return { bytes, refusal: null }
    if (!response.ok || !response.body) return { bytes, refusal: `${host} answered with status ${response.status}` }
    // A server that does not resume sends the whole file again.
    let position = response.status === 206 ? offset : 0
    if (position === 0) await file.truncate(0)
    else if (!response.headers.get('content-range')?.startsWith(`bytes ${offset}-`)) {
      return { bytes, refusal: `${host} sent another part of the file` }
    }
    for await (const chunk of response.body) {
      watch.refresh()
      if (position + chunk.length > job.entry.sizeBytes)
        return { bytes, refusal: `${host} sent more than the file has` }
      await file.write(chunk, 0, chunk.length, position)
      position += chunk.length
      bytes += chunk.length
      job.onProgress(position, host)
    }
    return { bytes, refusal: null }
  } catch (cause) {
    if (isDiskProblem(cause)) throw cause
    return { bytes, refusal: null }
  } finally {
    clearTimeout(watch)
    stop.clear()
  }
}

function isDiskProblem(cause: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EBADF'].includes(codeOf(cause) ?? '')
}

async function failed(cause: unknown, job: SourceJob): Promise<SourceOutcome> {
  const failure = await storageFailure(cause, path.dirname(job.partPath), job.entry.sizeBytes)
  return { kind: 'failed', error: failure.error }
}
