import { useTranslation } from 'react-i18next'
import { Page } from '../components/layout/page.tsx'
import { DeviceSection } from './device-section.tsx'
import { LoginSection } from './login-section.tsx'
import { SelfSection } from './self-section.tsx'
import { SessionSection } from './session-section.tsx'

/** The account of whoever is signed in: password and phrase, devices, and what is logged in here. */
export function AccountView() {
  const { t } = useTranslation()
  return (
    <Page title={t('profile.title')} text={t('profile.text')}>
      <SelfSection />
      <LoginSection />
      <DeviceSection />
      <SessionSection />
    </Page>
  )
}
