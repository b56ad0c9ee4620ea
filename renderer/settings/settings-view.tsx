import { useTranslation } from 'react-i18next'
import { Page } from '../components/layout/page.tsx'
import { AboutSection } from './about-section.tsx'
import { AnnounceSection } from './announce-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { ComputerSection } from './computer-section.tsx'
import { DemoSection } from './demo-section.tsx'
import { ShortcutSection } from './shortcut-section.tsx'

/** What can be set, and what Kith says about itself. */
export function SettingsView() {
  const { t } = useTranslation()
  return (
    <Page title={t('settings.title')}>
      <AppearanceSection />
      <ComputerSection />
      <DemoSection />
      <ShortcutSection />
      <AnnounceSection />
      <AboutSection />
    </Page>
  )
}
