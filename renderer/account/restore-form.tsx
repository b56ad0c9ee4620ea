import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ChoiceGroup } from '../components/forms/choice-group.tsx'
import { NewPasswordField } from '../components/forms/new-password-field.tsx'
import { PhraseField } from '../components/forms/phrase-field.tsx'
import { newPasswordMistake, phraseMistake, userNameMistake } from '../components/forms/text-mistakes.ts'
import { tidyPhrase } from '../components/forms/tidy-phrase.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { useCall } from '../state/use-call.ts'
import { EntranceForm, type EntranceProps } from './entrance-form.tsx'
import { UsernameField } from './username-field.tsx'

/** Brings an account back with its recovery phrase. */
export function RestoreForm({ hasAccounts, onSwitch }: EntranceProps) {
  const { t } = useTranslation()
  const [phrase, setPhrase] = useState('')
  const [typedName, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [areOthersLost, setOthersLost] = useState(false)
  const { run, isBusy, error } = useCall('account.restore')
  const username = typedName.trim()
  const recoveryPhrase = tidyPhrase(phrase)
  const wordCount = recoveryPhrase === '' ? 0 : recoveryPhrase.split(' ').length
  const mistakes = useMistakes(
    {
      phrase: phraseMistake(recoveryPhrase),
      username: userNameMistake(typedName),
      password: newPasswordMistake(password),
    },
    {
      error,
      fields: {
        phrase_invalid: 'phrase',
        username_invalid: 'username',
        username_taken: 'username',
        password_too_short: 'password',
      },
    },
  )

  async function restore(): Promise<void> {
    await run({ recoveryPhrase, username, password, areOthersLost })
  }

  return (
    <EntranceForm
      title={t('account.restoreTitle')}
      text={t('account.restoreText')}
      action={t('account.restoreAction')}
      isBusy={isBusy}
      error={mistakes.rest}
      others={[hasAccounts ? 'signIn' : 'signUp']}
      onSwitch={onSwitch}
      onSubmit={mistakes.before(restore)}
    >
      <PhraseField
        hint={t('account.phraseHint', { count: wordCount })}
        mistake={mistakes.of('phrase')}
        value={phrase}
        onChange={setPhrase}
        autoFocus
      />
      <UsernameField value={typedName} onChange={setUsername} mistake={mistakes.of('username')} />
      <NewPasswordField
        label={t('account.newPassword')}
        username={username}
        mistake={mistakes.of('password')}
        value={password}
        onChange={setPassword}
      />
      <ChoiceGroup
        label={t('account.othersLost')}
        hint={t(areOthersLost ? 'account.othersLostHint' : 'account.othersKeptHint')}
        value={areOthersLost ? 'lost' : 'kept'}
        options={[
          { value: 'kept', label: t('account.othersKept') },
          { value: 'lost', label: t('account.othersGone') },
        ]}
        onChange={(choice) => {
          setOthersLost(choice === 'lost')
        }}
      />
    </EntranceForm>
  )
}
