import { Check, Download, Pause, Play, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { CatalogueModel } from '../../node/contract/state.ts'
import { Badge } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { IconButton } from '../components/icon-button.tsx'
import { formatBytes } from '../locales/format.ts'
import type { DownloadControl } from './use-download.ts'

interface DownloadActionsProps {
  readonly entry: CatalogueModel
  readonly control: DownloadControl
}

/** What can be done about a download in its present state. */
export function DownloadActions({ entry, control }: DownloadActionsProps) {
  const { t } = useTranslation()
  const { name } = entry
  const cancel = (
    <IconButton label={t('models.cancelModel', { name })} icon={<X aria-hidden size={17} />} onClick={control.cancel} />
  )
  switch (entry.download.state) {
    case 'ready':
      return (
        <Badge tone="own">
          <Check aria-hidden size={13} /> {t('models.ready')}
        </Badge>
      )
    case 'verifying':
      return null
    case 'downloading':
      return (
        <>
          <Button
            size="small"
            aria-label={t('models.pauseModel', { name })}
            icon={<Pause aria-hidden size={15} />}
            onClick={control.pause}
          >
            {t('models.pause')}
          </Button>
          {cancel}
        </>
      )
    case 'paused':
      return (
        <>
          <Button
            size="small"
            variant="primary"
            aria-label={t('models.resumeModel', { name })}
            icon={<Play aria-hidden size={15} />}
            onClick={control.start}
          >
            {t('models.resume')}
          </Button>
          {cancel}
        </>
      )
    case 'failed':
      return (
        <>
          <Button size="small" onClick={control.start}>
            {t('app.tryAgain')}
          </Button>
          {entry.download.receivedBytes > 0 && cancel}
        </>
      )
    case 'none':
      return (
        <Button
          size="small"
          variant={entry.isSuggested && entry.misfit === null ? 'primary' : 'secondary'}
          aria-label={t('models.downloadModel', { name })}
          icon={<Download aria-hidden size={15} />}
          disabled={entry.misfit !== null}
          onClick={control.start}
        >
          {t('models.downloadSize', { size: formatBytes(entry.sizeBytes) })}
        </Button>
      )
  }
}
