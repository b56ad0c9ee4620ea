import { useTranslation } from 'react-i18next'
import type { CatalogueModel } from '../../node/contract/state.ts'
import { ProgressBar } from '../components/progress-bar.tsx'
import { formatBytes, formatRemaining } from '../locales/format.ts'

/** How far a download has come, in a bar and in words. */
export function DownloadProgress({ entry }: { readonly entry: CatalogueModel }) {
  const { t } = useTranslation()
  const { download, name } = entry
  const label = t('models.progress', { name })
  if (download.state === 'verifying') {
    return (
      <div className="flex flex-col gap-1.5">
        <ProgressBar label={label} portion={null} valueText={t('models.verifying')} />
        <p role="status" className="text-small text-ink-soft">
          {t('models.verifying')}
        </p>
      </div>
    )
  }
  if (download.state !== 'downloading' && download.state !== 'paused') return null
  const { receivedBytes, totalBytes, bytesPerSecond, source } = download
  const portion = totalBytes === 0 ? null : receivedBytes / totalBytes
  const isPaused = download.state === 'paused'
  const received = t('models.progressText', { received: formatBytes(receivedBytes), total: formatBytes(totalBytes) })
  const facts = isPaused
    ? [t('models.paused'), received]
    : [
        received,
        bytesPerSecond > 0 ? t('models.speed', { speed: formatBytes(bytesPerSecond) }) : null,
        bytesPerSecond > 0 && totalBytes > receivedBytes
          ? t('models.left', { time: formatRemaining(((totalBytes - receivedBytes) / bytesPerSecond) * 1000) })
          : null,
        source === '' ? null : source,
      ]
  return (
    <div className="flex flex-col gap-1.5">
      <ProgressBar
        label={label}
        portion={portion}
        isPaused={isPaused}
        valueText={t('models.progressValue', { percent: Math.floor((portion ?? 0) * 100) })}
      />
      <p className="text-caption text-ink-soft tabular-nums">{facts.filter((fact) => fact !== null).join(' · ')}</p>
    </div>
  )
}
