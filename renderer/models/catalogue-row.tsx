import { Box, Check, CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { CatalogueModel } from '../../node/contract/state.ts'
import { Badge } from '../components/badge.tsx'
import { Row } from '../components/layout/row-list.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { sentenceOf } from '../locales/error-sentence.ts'
import { formatBytes } from '../locales/format.ts'
import { askToOpen } from '../state/web-link.ts'
import { parseWebAddress } from '../state/web-address.ts'
import { DownloadActions } from './download-actions.tsx'
import { DownloadProgress } from './download-progress.tsx'
import { useDownload } from './use-download.ts'

function Facts({ entry }: { readonly entry: CatalogueModel }) {
  const { t } = useTranslation()
  const licence = t('models.licence', { licence: entry.licence })
  const address = parseWebAddress(entry.licenceUrl)
  return (
    <span className="flex flex-col gap-1">
      <span>{entry.description}</span>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-caption text-ink-faint">
        <span>{formatBytes(entry.sizeBytes)}</span>
        <span>{t('models.needs', { memory: formatBytes(entry.memoryBytes) })}</span>
        {address === null ? (
          <span>{licence}</span>
        ) : (
          <button
            type="button"
            className="min-h-6 rounded underline underline-offset-2 hover:text-ink"
            onClick={() => {
              askToOpen(address.href)
            }}
          >
            {licence}
          </button>
        )}
        {entry.misfit === null && (
          <span className="inline-flex items-center gap-1 text-accent-ink">
            <Check aria-hidden size={13} />
            {t('models.fits')}
          </span>
        )}
      </span>
    </span>
  )
}

/** One model to download: what it is, whether it fits, and how far it has come. */
export function CatalogueRow({ entry }: { readonly entry: CatalogueModel }) {
  const { t } = useTranslation()
  const control = useDownload(entry.catalogueId)
  const isHere = entry.download.state === 'ready'
  return (
    <Row
      icon={<IconTile icon={Box} tone={entry.misfit === null ? 'own' : 'plain'} />}
      title={
        <>
          {entry.name}
          {entry.isSuggested && !isHere && <Badge tone="own">{t('models.suggested')}</Badge>}
          {entry.isSmallest && <Badge>{t('models.smallest')}</Badge>}
        </>
      }
      text={<Facts entry={entry} />}
      actions={<DownloadActions entry={entry} control={control} />}
    >
      <DownloadProgress entry={entry} />
      {entry.misfit !== null && !isHere && (
        <p className="flex gap-2 text-small text-caution-ink">
          <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
          {sentenceOf(entry.misfit)}
        </p>
      )}
      <ErrorNote error={entry.download.state === 'failed' ? entry.download.error : control.error} />
    </Row>
  )
}
