import { CircleCheck, FileInput, Network } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { CatalogueRow } from '../models/catalogue-row.tsx'
import { pickAndImportModel } from '../models/import-model.ts'
import { useSlice } from '../state/slices.ts'
import { StepFrame } from './step-frame.tsx'

interface ModelStepProps {
  readonly onBack: () => void
  readonly onNext: () => void
}

/** Where answers come from: what is here already, one small download, a file, or the pool. */
export function ModelStep({ onBack, onNext }: ModelStepProps) {
  const { t } = useTranslation()
  const { local, catalogue } = useSlice('models')
  const { ollama } = useSlice('engines')
  const machines = useSlice('machines')
  const [isImporting, setImporting] = useState(false)
  const suggested = catalogue.find((entry) => entry.isSuggested) ?? catalogue[0]
  const fromOllama = local.filter((model) => model.engine === 'ollama').length
  const fromPool = new Set(
    machines
      .filter((machine) => !machine.isSelf && machine.isSharing && machine.connection === 'admitted')
      .flatMap((machine) => machine.models.map((model) => model.name)),
  ).size
  const first = local[0]

  async function pick(): Promise<void> {
    setImporting(true)
    await pickAndImportModel()
    setImporting(false)
  }

  return (
    <StepFrame
      title={t('firstRun.modelTitle')}
      text={t('firstRun.modelText')}
      actions={
        <>
          <Button onClick={onBack}>{t('firstRun.back')}</Button>
          <Button variant="primary" onClick={onNext}>
            {first === undefined && fromPool > 0 ? t('firstRun.modelPoolAction') : t('firstRun.next')}
          </Button>
        </>
      }
    >
      <div role="status">
        {first !== undefined && (
          <Callout title={t('firstRun.modelReady')}>{t('firstRun.modelReadyText', { name: first.name })}</Callout>
        )}
      </div>
      <RowList label={t('firstRun.modelTitle')}>
        {ollama.state === 'running' && (
          <Row
            icon={<IconTile icon={CircleCheck} />}
            title={t('firstRun.modelOllama')}
            text={
              fromOllama === 0 ? t('firstRun.modelOllamaEmpty') : t('firstRun.modelOllamaText', { count: fromOllama })
            }
          />
        )}
        {suggested !== undefined && <CatalogueRow entry={suggested} />}
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
