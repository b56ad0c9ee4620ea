import { useTranslation } from 'react-i18next'
import type { Pool } from '../../node/contract/state.ts'
import { Badge } from '../components/badge.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { sentenceOf } from '../locales/error-sentence.ts'
import { InviteSection } from './invites/invite-section.tsx'
import { CutOffList } from './machines/cut-off-list.tsx'
import { MachineSection } from './machines/machine-section.tsx'
import { MemberSection } from './members/member-section.tsx'
import { OwnLimits } from './plans/own-limits.tsx'
import { PlanSection } from './plans/plan-section.tsx'
import { PoolMenu } from './pool-menu.tsx'

function PoolState({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  if (pool.refusal !== null) return <ErrorNote error={pool.refusal} />
  if (pool.state === 'active') return null
  return (
    <Callout tone={pool.state === 'provisional' ? 'plain' : 'caution'} title={t(`pool.stateTitle.${pool.state}`)}>
      {t(`pool.stateText.${pool.state}`)}
    </Callout>
  )
}

/** Whose records are no longer read, each in a sentence with what to do. */
function SetAside({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  if (pool.setAside.length === 0 || pool.refusal !== null) return null
  return (
    <Callout tone="caution" title={t('pool.setAsideTitle', { count: pool.setAside.length })}>
      <ul className="flex flex-col gap-2">
        {pool.setAside.map((one) => (
          <li key={`${one.deviceId}/${one.core}`}>{sentenceOf(one.error)}</li>
        ))}
      </ul>
    </Callout>
  )
}

/** One pool: its state, people, invites and computers. Whoever lost their place sees why, and whom to ask. */
export function PoolDetail({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const isOut = pool.state === 'refused' || pool.state === 'suspended'
  return (
    <div className="flex flex-col gap-9">
      <header className="flex flex-wrap items-center gap-3">
        <h2 className="text-title font-semibold break-words">{pool.name}</h2>
        {!isOut && <Badge>{t(`pool.roleSelf.${pool.role}`)}</Badge>}
        <PoolMenu pool={pool} />
      </header>
      <PoolState pool={pool} />
      <SetAside pool={pool} />
      {!isOut && <OwnLimits pool={pool} />}
      <MemberSection pool={pool} isOut={isOut} />
      {!isOut && (
        <>
          <PlanSection pool={pool} />
          {pool.kind === 'shared' && <InviteSection pool={pool} />}
          <MachineSection pool={pool} />
          <CutOffList cutOffs={pool.cutOffs} />
        </>
      )}
    </div>
  )
}
