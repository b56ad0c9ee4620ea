import { useTranslation } from 'react-i18next'
import { Callout } from '../components/layout/callout.tsx'
import { useSlice } from '../state/slices.ts'

/** Says that programs which are set to the port of before now send their keys to somebody else. */
export function TakenPortNote() {
  const { t } = useTranslation()
  const { takenPort, url } = useSlice('api')
  if (takenPort === undefined) return null
  return (
    <Callout tone="caution" title={t('keys.api.takenTitle', { port: String(takenPort) })}>
      {t(url === null ? 'keys.api.takenText' : 'keys.api.takenElsewhereText')}
    </Callout>
  )
}
