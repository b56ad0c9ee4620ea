import { useTranslation } from 'react-i18next'
import type { Settings } from '../../node/contract/state.ts'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { ChoiceGroup } from '../components/forms/choice-group.tsx'
import { updateSettings } from '../state/settings.ts'
import { useSlice } from '../state/slices.ts'

const themes: readonly Settings['theme'][] = ['system', 'light', 'dark']

/** How Kith looks. */
export function AppearanceSection() {
  const { t } = useTranslation()
  const { theme } = useSlice('settings')
  return (
    <Section title={t('settings.appearance')}>
      <Card className="p-5">
        <ChoiceGroup
          label={t('settings.theme')}
          value={theme}
          options={themes.map((value) => ({ value, label: t(`settings.themeOption.${value}`) }))}
          onChange={(value) => void updateSettings({ theme: value })}
        />
      </Card>
    </Section>
  )
}
