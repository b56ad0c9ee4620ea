import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { goTo, useNavigation } from '../state/navigation.ts'
import { useSlice } from '../state/slices.ts'

/** Standing remarks about the account, above every view. */
export function Banners() {
  const { t } = useTranslation()
  const { current, copiedProfile } = useSlice('account')
  const view = useNavigation((navigation) => navigation.view)
  const [isCopyNoticed, setCopyNoticed] = useState(false)
  const showsCopied = copiedProfile && !isCopyNoticed
  const showsPhrase = current?.recoveryPhraseSaved === false && view !== 'settings'
  if (!showsCopied && !showsPhrase) return null
  return (
    <section
      aria-label={t('app.remarks')}
      className="flex flex-col gap-2 px-4 pt-3 short:max-h-[40vh] short:overflow-y-auto"
    >
      {showsCopied && (
        <Callout
          action={
            <Button
              size="small"
              onClick={() => {
                setCopyNoticed(true)
              }}
            >
              {t('app.dismiss')}
            </Button>
          }
        >
          {t('app.copiedProfile')}
        </Callout>
      )}
      {showsPhrase && (
        <Callout
          tone="caution"
          action={
            <Button
              size="small"
              onClick={() => {
                goTo('settings')
              }}
            >
              {t('app.phraseUnsavedAction')}
            </Button>
          }
        >
          {t('app.phraseUnsaved')}
        </Callout>
      )}
    </section>
  )
}
