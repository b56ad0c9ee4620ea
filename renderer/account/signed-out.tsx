import { Laptop, Lock, ToggleLeft } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Callout } from '../components/layout/callout.tsx'
import { Mark } from '../components/mark.tsx'
import { usePendingInvite } from '../state/pending-invite.ts'
import { useSlice } from '../state/slices.ts'
import type { Entrance } from './entrance-form.tsx'
import { LinkingForm } from './linking-form.tsx'
import { RestoreForm } from './restore-form.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { SignUpForm } from './sign-up-form.tsx'

function Introduction() {
  const { t } = useTranslation()
  const points = [
    { icon: Lock, text: t('account.pointPrivate') },
    { icon: Laptop, text: t('account.pointFree') },
    { icon: ToggleLeft, text: t('account.pointChoice') },
  ]
  return (
    <div className="flex flex-col gap-8 bg-sunken px-8 py-10 lg:justify-center lg:px-14">
      <div className="flex items-center gap-3">
        <Mark size={36} />
        <span className="text-title font-semibold">{t('app.name')}</span>
      </div>
      <div className="flex flex-col gap-4">
        <h1 className="max-w-md text-display font-semibold">{t('account.welcome')}</h1>
        <p className="max-w-md text-lead text-ink-soft">{t('account.welcomeText')}</p>
      </div>
      <ul className="flex flex-col gap-3.5">
        {points.map(({ icon: Icon, text }) => (
          <li key={text} className="flex items-center gap-3 text-ink-soft">
            <Icon aria-hidden size={18} className="shrink-0 text-accent" />
            {text}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Nobody is signed in: what Kith is, and the way in. */
export function SignedOut() {
  const { t } = useTranslation()
  const { accounts, sharingAs } = useSlice('account')
  const { link } = usePendingInvite()
  const hasAccounts = accounts.length > 0
  const [entrance, setEntrance] = useState<Entrance>(hasAccounts ? 'signIn' : 'signUp')
  return (
    <main className="grid h-full overflow-y-auto md:grid-cols-2 md:grid-rows-[minmax(100%,auto)]">
      <Introduction />
      <div className="flex flex-col justify-center px-8 py-10 lg:px-14">
        <div key={entrance} className="rise mx-auto flex w-full max-w-sm flex-col gap-6">
          {link !== null && <Callout>{t('account.inviteWaits')}</Callout>}
          {sharingAs !== null && <Callout>{t('account.sharingAs', { name: sharingAs.username })}</Callout>}
          {entrance === 'signIn' && <SignInForm onSwitch={setEntrance} />}
          {entrance === 'signUp' && <SignUpForm hasAccounts={hasAccounts} onSwitch={setEntrance} />}
          {entrance === 'restore' && <RestoreForm hasAccounts={hasAccounts} onSwitch={setEntrance} />}
          {entrance === 'linking' && <LinkingForm hasAccounts={hasAccounts} onSwitch={setEntrance} />}
        </div>
      </div>
    </main>
  )
}
