import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { Toggle } from '../components/forms/toggle.tsx'
import { usePeerStatus } from '../state/peer-status.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { PasswordDialog } from './password-dialog.tsx'

interface ChoiceProps {
  readonly title: string
  readonly text: string
  readonly isOn: boolean
  readonly onChange: () => void
}

function Choice({ title, text, isOn, onChange }: ChoiceProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      <div className="min-w-56 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-small text-ink-soft">{text}</p>
      </div>
      <Toggle label={title} isOn={isOn} onChange={onChange} />
    </div>
  )
}

/** What this computer keeps so that the password is not needed each time. */
export function LoginSection() {
  const { t } = useTranslation()
  const { current } = useSlice('account')
  const host = usePeerStatus((status) => status.host)
  const [asks, setAsks] = useState<'remember' | 'keepSharing' | null>(null)
  const remember = useCall('account.setRemembered')
  const keepSharing = useCall('account.setKeepSharing')
  if (current === null) return null
  const { isRemembered, keepsSharing } = current
  const hasKeychain = host?.keychain === 'available'

  function close(): void {
    setAsks(null)
    remember.clearError()
    keepSharing.clearError()
  }

  async function setRemembered(password: string): Promise<void> {
    const result = await remember.run({ password, isRemembered: !isRemembered })
    if (result.ok) close()
  }

  async function setKeepSharing(password: string): Promise<void> {
    const result = await keepSharing.run({ password, isEnabled: !keepsSharing })
    if (result.ok) close()
  }

  return (
    <Section title={t('profile.login')}>
      <Card className="flex flex-col gap-5 p-5">
        {hasKeychain || isRemembered ? (
          <Choice
            title={t('profile.remember')}
            text={t('profile.rememberText')}
            isOn={isRemembered}
            onChange={() => {
              setAsks('remember')
            }}
          />
        ) : (
          <div>
            <p className="font-medium">{t('profile.remember')}</p>
            <p className="text-small text-ink-soft">
              {host === null ? '' : t(`settings.keychainState.${host.keychain}`)}
            </p>
          </div>
        )}
        <Choice
          title={t('profile.keepSharing')}
          text={hasKeychain ? t('profile.keepSharingText') : t('profile.keepSharingFileText')}
          isOn={keepsSharing}
          onChange={() => {
            setAsks('keepSharing')
          }}
        />
      </Card>
      {asks === 'remember' && (
        <PasswordDialog
          title={isRemembered ? t('profile.rememberOffTitle') : t('profile.rememberOnTitle')}
          text={isRemembered ? t('profile.rememberOffText') : t('profile.rememberOnText')}
          action={isRemembered ? t('profile.rememberOffAction') : t('profile.rememberOnAction')}
          isBusy={remember.isBusy}
          error={remember.error}
          onConfirm={({ password }) => setRemembered(password)}
          onClose={close}
        />
      )}
      {asks === 'keepSharing' && (
        <PasswordDialog
          title={keepsSharing ? t('profile.keepSharingOffTitle') : t('profile.keepSharingOnTitle')}
          text={keepsSharing ? t('profile.keepSharingOffText') : t('profile.keepSharingOnText')}
          action={keepsSharing ? t('profile.keepSharingOffAction') : t('profile.keepSharingOnAction')}
          isBusy={keepSharing.isBusy}
          error={keepSharing.error}
          onConfirm={({ password }) => setKeepSharing(password)}
          onClose={close}
        />
      )}
    </Section>
  )
}
