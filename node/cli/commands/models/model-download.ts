import { fail, ok, type Result } from '../../../contract/result.ts'
import type { CatalogueModel, Download } from '../../../contract/state.ts'
import { readableBytes } from '../../option-values.ts'
import type { Running } from '../../run-command.ts'

/** A download without progress for this long is reported as failed; what was received is kept. */
const silenceDeadlineMs = 120_000
const noteEveryMs = 2_000

/** Starts a download and follows it to its end; Ctrl-C pauses it. */
export async function download(running: Running, catalogueId: string): Promise<Result<void>> {
  const { client, view, output, signal } = running
  const find = (): CatalogueModel | undefined =>
    view.state.models.catalogue.find((model) => model.catalogueId === catalogueId)
  const model = find()
  if (!model) return fail('model_unknown', { model: catalogueId.slice(0, 80) })
  const started = await client.call('model.download', { catalogueId })
  if (!started.ok) return started

  let seen: Download | null = null
  let notedAtMs = 0
  for (;;) {
    const next: Download | null = await view.waitFor(
      () => {
        const current = find()?.download ?? null
        return current === seen ? null : current
      },
      silenceDeadlineMs,
      signal,
    )
    if (signal.aborted) return pause(running, catalogueId)
    if (!next) return fail('download_failed', { model: model.name, reason: 'nothing was received for two minutes' })
    seen = next
    output.event({ type: 'download', catalogueId, ...next })
    if (next.state === 'ready') {
      output.result({ type: 'model-ready', catalogueId, name: model.name }, `The model "${model.name}" is ready.`)
      return ok()
    }
    if (next.state === 'failed') return { ok: false, error: next.error }
    if (next.state === 'paused') return fail('stopped')
    if (Date.now() - notedAtMs >= noteEveryMs) {
      notedAtMs = Date.now()
      output.note(progress(model.name, next))
    }
  }
}

async function pause({ client, output, context }: Running, catalogueId: string): Promise<Result<void>> {
  const paused = await client.call('model.pauseDownload', { catalogueId })
  if (!paused.ok && !context.host.signal.aborted) return paused
  output.note('The download is paused; the same command goes on with it.')
  return fail('stopped')
}

function progress(name: string, state: Download): string {
  if (state.state !== 'downloading') return `${name}: ${state.state}`
  const percent = state.totalBytes > 0 ? Math.floor((100 * state.receivedBytes) / state.totalBytes) : 0
  const speed = `${readableBytes(state.bytesPerSecond)}/s`
  return `${name}: ${percent} %, ${readableBytes(state.receivedBytes)}, ${speed}. ${state.source}`
}
