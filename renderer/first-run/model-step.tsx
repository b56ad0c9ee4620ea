import { CircleCheck, FileInput, Network } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { bySuggestion } from '../models/by-suggestion.ts'
import { CatalogueRow } from '../models/catalogue-row.tsx'
import { pickAndImportModel } from '../models/import-model.ts'
import { updateSettings } from '../state/settings.ts'
import { useSlice } from '../state/slices.ts'
import { StepFrame } from './step-frame.tsx'

interface ModelStepProps {
  readonly onBack: () => void
  readonly onNext: () => void
}

/** Where answers come from: the best of what is here already, a download that fits, a file, or the pool. */
export function ModelStep({ onBack, onNext }: ModelStepProps) {
  const { t } = useTranslation()
  const { local, catalogue, suggestions } = useSlice('models')
  const { ollama } = useSlice('engines')
  const machines = useSlice('machines')
  const [isImporting, setImporting] = useState(false)
  const ready = suggestions.find((one) => one.kind === 'present') ?? local[0] ?? null
  const ordered = bySuggestion(catalogue, suggestions)
  const suggested = ordered.find((entry) => entry.isSuggested)
  const smallest = ordered.find((entry) => entry.isSmallest)
  const downloads = ordered.filter(
    (entry) => entry === suggested || entry === smallest || entry.download.state !== 'none',
  )
  const hasOllamaModel = local.some((model) => model.engine === 'ollama')
  const fromPool = new Set(
    machines
      .filter((machine) => !machine.isSelf && machine.isSharing && machine.connection === 'admitted')
      .flatMap((machine) => machine.models.map((model) => model.name)),
  ).size
  const hasModel = local.length > 0 || fromPool > 0

  async function pick(): Promise<void> {
    setImporting(true)
    await pickAndImportModel()
    setImporting(false)
  }

  /** The question of the next step is asked of the model that was suggested here. */
  function goOn(): void {
    if (ready !== null) void updateSettings({ chatModel: ready.name })
    onNext()
  }

  return (
    <StepFrame
      title={t('firstRun.modelTitle')}
      text={t('firstRun.modelText')}
      actions={
        <>
          <Button onClick={onBack}>{t('firstRun.back')}</Button>
          <Button variant={hasModel ? 'primary' : 'secondary'} onClick={goOn}>
            {local.length === 0 && fromPool > 0
              ? t('firstRun.modelPoolAction')
              : t(hasModel ? 'firstRun.next' : 'firstRun.modelLater')}
          </Button>
        </>
      }
    >
      <div role="status">
        {ready !== null && (
          <Callout title={t('firstRun.modelReady')}>
            {t(`firstRun.modelUse.${ready.engine}`, { name: ready.name })}
          </Callout>
        )}
      </div>
      <RowList label={t('firstRun.modelTitle')}>
        {ollama.state === 'running' && !hasOllamaModel && (
          <Row
            icon={<IconTile icon={CircleCheck} />}
            title={t('firstRun.modelOllama')}
            text={t('firstRun.modelOllamaEmpty')}
          />
        )}
        {downloads.map((entry) => (
          <CatalogueRow key={entry.catalogueId} entry={entry} />
        ))}
        <Row
          icon={<IconTile icon={FileInput} />}
          title={t('firstRun.modelImportTitle')}
          text={t('firstRun.modelImportText')}
          actions={
            <Button size="small" isBusy={isImporting} onClick={() => void pick()}>
              {t('models.importAction')}
            </Button>
          }
        />
        <Row
          icon={<IconTile icon={Network} tone="friend" />}
          title={t('firstRun.modelPoolTitle')}
          text={t('firstRun.modelPoolText', { count: fromPool })}
        />
      </RowList>
    </StepFrame>
  )
}
