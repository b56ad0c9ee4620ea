import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KithError } from '../../node/contract/errors.ts'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Mark } from '../components/mark.tsx'

const longAfterMs = 8_000

/** While the peer starts; after a while it says that this takes longer than usual. */
export function StartingScreen() {
  const { t } = useTranslation()
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => {
      setLong(true)
    }, longAfterMs)
    return () => {
      clearTimeout(timer)
    }
  }, [])
  return (
    <main className="flex h-full flex-col items-center justify-center gap-5 p-8 text-center" aria-busy>
      <span className="breathe">
        <Mark size={56} />
      </span>
      <h1 className="text-title font-semibold">{t('start.starting')}</h1>
      <p role="status" className="text-ink-soft">
        {isLong ? t('start.startingLong') : t('start.startingHint')}
      </p>
    </main>
  )
}

/** When the peer could not start: why, and a way to try again. */
export function FailedScreen({ error, onRetry }: { readonly error: KithError | null; readonly onRetry: () => void }) {
  const { t } = useTranslation()
  return (
    <main className="flex h-full flex-col items-center justify-center p-8">
      <div className="rise flex w-full max-w-md flex-col items-center gap-5 text-center">
        <Mark size={48} />
        <div className="flex flex-col gap-1">
          <h1 className="text-title font-semibold">{t('start.failed')}</h1>
          <p className="text-ink-soft">{t('start.failedHint')}</p>
        </div>
        <div className="w-full text-start">
          <ErrorNote error={error} />
        </div>
        <Button variant="primary" onClick={onRetry}>
          {t('app.tryAgain')}
        </Button>
      </div>
    </main>
  )
}
