import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Card } from '../components/layout/card.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { FirstRunFrame } from './first-run-frame.tsx'
import { useCall } from '../state/use-call.ts'
import { PhraseWords } from '../components/phrase-words.tsx'
import { forgetRecoveryPhrase } from '../state/recovery-phrase.ts'

/** The recovery phrase, once, right after signing up. */
export function PhraseOnce({ phrase }: { readonly phrase: string }) {
  const { t } = useTranslation()
  const { run, isBusy, error } = useCall('account.phraseSaved')

  async function confirm(): Promise<void> {
    const result = await run({})
    if (result.ok) forgetRecoveryPhrase()
  }

  return (
    <FirstRunFrame step="account">
      <Card className="rise my-auto flex flex-col gap-6 p-7">
        <div className="flex flex-col gap-2">
          <h1 className="text-display font-semibold">{t('account.phraseTitle')}</h1>
          <p className="text-ink-soft">{t('account.phraseText')}</p>
        </div>
        <PhraseWords phrase={phrase} />
        <ErrorNote error={error} />
        <div className="flex flex-wrap justify-between gap-3">
          <CopyButton text={phrase} label={t('account.phraseCopy')} look="secondary" size="medium" />
          <Button variant="primary" isBusy={isBusy} onClick={() => void confirm()}>
            {t('account.phraseSaved')}
          </Button>
        </div>
      </Card>
    </FirstRunFrame>
  )
}
