import { Boxes, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Model } from '../../node/contract/state.ts'
import { Badge } from '../components/badge.tsx'
import { Row } from '../components/layout/row-list.tsx'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { IconButton } from '../components/icon-button.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { formatBytes, formatNumber } from '../locales/format.ts'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

/** About three words to four tokens, rounded so that nobody takes it for a measurement. */
function wordsOf(contextTokens: number): number {
  const words = contextTokens * 0.75
  const step = words >= 10_000 ? 1_000 : 100
  return Math.max(step, Math.round(words / step) * step)
}

/** One model of this computer. Only those Kith keeps itself can be removed here. */
export function LocalModelRow({ model }: { readonly model: Model }) {
  const { t } = useTranslation()
  const [isAsking, setAsking] = useState(false)
  const { run, isBusy, error } = useCall('model.remove')
  const { name } = model

  async function remove(): Promise<void> {
    const result = await run({ name })
    if (!result.ok) return
    setAsking(false)
    notify(t('models.removed', { name }))
  }

  const facts = [
    model.sizeBytes > 0 ? t('models.size', { size: formatBytes(model.sizeBytes) }) : null,
    model.contextTokens === null || model.contextTokens === 0
      ? null
      : t('models.context', { words: formatNumber(wordsOf(model.contextTokens)) }),
  ]
  return (
    <Row
      icon={<IconTile icon={Boxes} />}
      title={
        <>
          {name}
          {model.isLoaded && <Badge tone="own">{t('models.loaded')}</Badge>}
        </>
      }
      text={facts.filter((fact) => fact !== null).join(' · ')}
      actions={
        model.engine === 'embedded' && (
          <IconButton
            label={t('models.removeModel', { name })}
            icon={<Trash2 aria-hidden size={17} />}
            onClick={() => {
              setAsking(true)
            }}
          />
        )
      }
    >
      {isAsking && (
        <ConfirmDialog
          isOpen
          onClose={() => {
            setAsking(false)
          }}
          onConfirm={() => void remove()}
          title={t('models.removeTitle', { name })}
          text={t('models.removeText')}
          action={t('models.removeAction')}
          isDangerous
          isBusy={isBusy}
          error={error}
        />
      )}
    </Row>
  )
}
