import { KeyRound, Lock, LogOut } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { ChangePasswordDialog } from './change-password-dialog.tsx'
import { PhraseDialog } from './phrase-dialog.tsx'

/** Who is signed in, the password, the recovery phrase, and logging out. */
export function SelfSection() {
  const { t } = useTranslation()
  const { current } = useSlice('account')
  const [asks, setAsks] = useState<'phrase' | 'password' | null>(null)
  const { run, isBusy, error } = useCall('account.logOut')
  if (current === null) return null

  function close(): void {
    setAsks(null)
  }

  return (
    <Section title={t('profile.you')}>
      <Card className="flex flex-col gap-4 p-5">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
          <div className="min-w-44 flex-1">
            <p className="font-medium">
              {t('account.signedInAs', { name: current.username })}{' '}
              <span title={t('account.tag')} className="font-mono text-caption font-normal text-ink-faint">
                {current.tag}
              </span>
            </p>
            <p className="text-small text-ink-soft">
              {current.keepsSharing ? t('profile.logOutKeepsSharing') : t('account.logOutHint')}
            </p>
          </div>
          <Button icon={<LogOut aria-hidden size={16} />} isBusy={isBusy} onClick={() => void run({})}>
            {t('account.logOut')}
          </Button>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            size="small"
            icon={<Lock aria-hidden size={16} />}
            onClick={() => {
              setAsks('password')
            }}
          >
            {t('profile.changePassword')}
          </Button>
          {current.hasRootKey && (
            <Button
              size="small"
              icon={<KeyRound aria-hidden size={16} />}
              onClick={() => {
                setAsks('phrase')
              }}
            >
              {t('account.phraseShow')}
            </Button>
          )}
        </div>
        {!current.hasRootKey && <p className="text-small text-ink-soft">{t('profile.phraseElsewhere')}</p>}
        <ErrorNote error={error} />
      </Card>
      {asks === 'phrase' && <PhraseDialog isSaved={current.recoveryPhraseSaved} onClose={close} />}
      {asks === 'password' && <ChangePasswordDialog username={current.username} onClose={close} />}
    </Section>
  )
}
