import { useTranslation } from 'react-i18next'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { formatBytes } from '../locales/format.ts'
import { usePeerStatus } from '../state/peer-status.ts'
import { useSlice } from '../state/slices.ts'

/** Which Kith this is, what it runs on, and how keys are kept. */
export function AboutSection() {
  const { t } = useTranslation()
  const { version, profileName, engineMemoryFreeBytes } = useSlice('runtime')
  const host = usePeerStatus((status) => status.host)
  const lines = [
    { term: t('settings.version'), fact: version },
    { term: t('settings.runtime'), fact: host?.runtime ?? '' },
    { term: t('settings.profile'), fact: profileName },
    { term: t('settings.memory'), fact: formatBytes(engineMemoryFreeBytes) },
    { term: t('settings.keychain'), fact: host === null ? '' : t(`settings.keychainState.${host.keychain}`) },
  ]
  return (
    <Section title={t('settings.about')}>
      <Card className="px-5 py-2">
        <dl className="divide-y divide-line">
          {lines
            .filter(({ fact }) => fact !== '')
            .map(({ term, fact }) => (
              <div key={term} className="flex flex-wrap gap-x-6 gap-y-1 py-2.5 text-small">
                <dt className="w-48 text-ink-soft">{term}</dt>
                <dd className="min-w-48 flex-1 break-words select-text">{fact}</dd>
              </div>
            ))}
        </dl>
      </Card>
    </Section>
  )
}
