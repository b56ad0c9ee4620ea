import { useTranslation } from 'react-i18next'
import { RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Page } from '../components/layout/page.tsx'
import { useSlice } from '../state/slices.ts'
import { bySuggestion } from './by-suggestion.ts'
import { CatalogueRow } from './catalogue-row.tsx'
import { ImportSection } from './import-section.tsx'
import { LocalSection } from './local-section.tsx'
import { OllamaSection } from './ollama-section.tsx'
import { ServerSection } from './server-section.tsx'

function CatalogueSection() {
  const { t } = useTranslation()
  const { catalogue, suggestions } = useSlice('models')
  // What is here already is listed above, under what runs it.
  const missing = bySuggestion(catalogue, suggestions).filter(({ download }) => download.state !== 'ready')
  return (
    <Section title={t('models.catalogue')} text={missing.length === 0 ? t('models.catalogueNone') : undefined}>
      {missing.length > 0 && (
        <RowList label={t('models.catalogue')}>
          {missing.map((entry) => (
            <CatalogueRow key={entry.catalogueId} entry={entry} />
          ))}
        </RowList>
      )}
    </Section>
  )
}

/** The models of this computer and where more come from. */
export function ModelsView() {
  const { t } = useTranslation()
  const { embedded } = useSlice('engines')
  return (
    <Page title={t('models.title')} text={t('models.text')}>
      <ErrorNote error={embedded.error} />
      <LocalSection />
      <CatalogueSection />
      <ImportSection />
      <OllamaSection />
      <ServerSection />
    </Page>
  )
}
