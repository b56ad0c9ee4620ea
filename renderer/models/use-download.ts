import { useMemo } from 'react'
import type { KithError } from '../../node/contract/errors.ts'
import { useCall } from '../state/use-call.ts'

export interface DownloadControl {
  readonly start: () => void
  readonly pause: () => void
  readonly cancel: () => void
  readonly isBusy: boolean
  readonly error: KithError | null
}

/** Starts (or resumes), pauses and cancels one download. */
export function useDownload(catalogueId: string): DownloadControl {
  const download = useCall('model.download')
  const pause = useCall('model.pauseDownload')
  const cancel = useCall('model.cancelDownload')
  const { run: runDownload } = download
  const { run: runPause } = pause
  const { run: runCancel } = cancel
  const actions = useMemo(
    () => ({
      start: () => void runDownload({ catalogueId }),
      pause: () => void runPause({ catalogueId }),
      cancel: () => void runCancel({ catalogueId }),
    }),
    [catalogueId, runDownload, runPause, runCancel],
  )
  return {
    ...actions,
    isBusy: pause.isBusy || cancel.isBusy,
    error: download.error ?? pause.error ?? cancel.error,
  }
}
