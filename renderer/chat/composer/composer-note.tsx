import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../node/contract/state.ts'
import { Callout } from '../../components/layout/callout.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { useSlice } from '../../state/slices.ts'

/** What stands in the way of an answer from others, said before the question is sent. */
export function ComposerNote({ pool }: { readonly pool: Pool | null }) {
  const { t } = useTranslation()
  const network = useSlice('network')
  if (pool === null || pool.kind === 'devices') return null
  if (pool.refusal !== null) return <ErrorNote error={pool.refusal} />
  if (pool.state === 'suspended')
    return <Callout tone="caution">{t('chat.poolSuspended', { name: pool.name })}</Callout>
  if (network.state === 'offline') return <Callout tone="caution">{t('chat.offline')}</Callout>
  if (pool.state === 'waiting') return <Callout tone="caution">{t('chat.poolWaiting', { name: pool.name })}</Callout>
  return null
}
