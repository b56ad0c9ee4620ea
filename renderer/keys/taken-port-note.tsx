import { useTranslation } from 'react-i18next'
import { Callout } from '../components/layout/callout.tsx'
import { useSlice } from '../state/slices.ts'

/** Says that programs which are set to the port of before now send their keys to somebody else. */
export function TakenPortNote() {
  const { t } = useTranslation()
  const { takenPort, url } = useSlice('api')
  if (takenPort === undefined) return null
  const port = String(takenPort)
  // Our own address has that port too: the other program has only what `localhost` may mean besides.
  if (url !== null && new URL(url).port === port) {
    return (
      <Callout tone="caution" title={t('keys.api.takenLocalhostTitle', { port })}>
        {t('keys.api.takenLocalhostText')}
      </Callout>
    )
  }
  return (
    <Callout tone="caution" title={t('keys.api.takenTitle', { port })}>
      {t(url === null ? 'keys.api.takenText' : 'keys.api.takenElsewhereText')}
    </Callout>
  )
}
