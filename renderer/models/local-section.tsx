import { Boxes } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { EngineName, Model } from '../../node/contract/state.ts'
import { RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { Empty } from '../components/layout/empty.tsx'
import { useSlice } from '../state/slices.ts'
import { LocalModelRow } from './local-model-row.tsx'

const engines: readonly EngineName[] = ['embedded', 'ollama', 'server']

function EngineGroup({ engine, models }: { readonly engine: EngineName; readonly models: readonly Model[] }) {
  const { t } = useTranslation()
  if (models.length === 0) return null
  return (
    <div className="flex flex-col gap-2">
      <h3 className="text-small font-medium text-ink-soft">
        {t(`models.engine.${engine}`)}{' '}
        <span className="font-normal text-ink-faint">{t(`models.engineText.${engine}`)}</span>
      </h3>
      <RowList label={t(`models.engine.${engine}`)}>
        {models.map((model) => (
          <LocalModelRow key={model.name} model={model} />
        ))}
      </RowList>
    </div>
  )
}

/** The models that are here, by what runs them. */
export function LocalSection() {
  const { t } = useTranslation()
  const { local } = useSlice('models')
  return (
    <Section title={t('models.local')}>
      {local.length === 0 ? (
        <Empty icon={<Boxes aria-hidden size={26} />}>{t('models.localNone')}</Empty>
      ) : (
        engines.map((engine) => (
          <EngineGroup key={engine} engine={engine} models={local.filter((model) => model.engine === engine)} />
        ))
      )}
    </Section>
  )
}
