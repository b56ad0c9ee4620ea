import { useTranslation } from 'react-i18next'
import type { Settings } from '../../node/contract/state.ts'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { ChoiceGroup } from '../components/forms/choice-group.tsx'
import { updateSettings } from '../state/settings.ts'
import { useSlice } from '../state/slices.ts'

const grains: readonly Settings['announceAnswers'][] = ['sentences', 'end', 'off']

/** How much of an answer screen readers hear. */
export function AnnounceSection() {
  const { t } = useTranslation()
  const { announceAnswers } = useSlice('settings')
  return (
    <Section title={t('settings.accessibility')}>
      <Card className="p-5">
        <ChoiceGroup
          label={t('settings.announce')}
          hint={t('settings.announceText')}
          value={announceAnswers}
          options={grains.map((value) => ({ value, label: t(`settings.announceOption.${value}`) }))}
          onChange={(value) => void updateSettings({ announceAnswers: value })}
        />
      </Card>
    </Section>
  )
}
