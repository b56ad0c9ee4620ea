import { useTranslation } from 'react-i18next'
import type { CutOff } from '../../../node/contract/state.ts'
import { Callout } from '../../components/layout/callout.tsx'
import { sentenceOf } from '../../locales/error-sentence.ts'
import { formatWhen } from '../../locales/format.ts'

/** Who was cut off lately, and why. Calm: it is over, and nobody has to do anything. */
export function CutOffList({ cutOffs }: { readonly cutOffs: readonly CutOff[] }) {
  const { t } = useTranslation()
  if (cutOffs.length === 0) return null
  return (
    <Callout title={t('pool.cutOffTitle')}>
      <ul className="flex flex-col gap-1">
        {cutOffs.map(({ deviceId, error, atMs }) => (
          <li key={deviceId}>
            {formatWhen(atMs)}: {sentenceOf(error)}
          </li>
        ))}
      </ul>
    </Callout>
  )
}
