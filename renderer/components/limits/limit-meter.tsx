import { useTranslation } from 'react-i18next'
import type { LimitState } from '../../../node/contract/limits.ts'
import { Meter } from '../meter.tsx'
import { formatNumber, formatRelative } from '../../locales/format.ts'
import { standingOf } from './limit-standing.ts'

interface LimitMeterProps {
  readonly state: LimitState
  readonly nowMs: number
  readonly isCountOnly: boolean
}

/** One limit: how much is used, what is left and when it starts anew, in a bar and in words. */
export function LimitMeter({ state, nowMs, isCountOnly }: LimitMeterProps) {
  const { t } = useTranslation()
  const standing = standingOf(state, nowMs)
  const used = t(`limits.used.${state.name}`, {
    used: formatNumber(standing.used),
    limit: formatNumber(standing.limit),
  })
  const isRefusing = standing.isSpent && !isCountOnly
  const spent = state.name === 'concurrentRequests' ? t('limits.allBusy') : t('limits.spent')
  const left = standing.isSpent
    ? isCountOnly
      ? t('limits.overCounted')
      : spent
    : t('limits.left', { left: formatNumber(standing.left) })
  const facts = [
    left,
    standing.resetsAtMs === null ? null : t('limits.resets', { when: formatRelative(standing.resetsAtMs, nowMs) }),
    isCountOnly && state.wouldRefuse > 0 ? t('limits.wouldRefuse', { count: state.wouldRefuse }) : null,
  ].filter((fact) => fact !== null)
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <p className="text-small">{used}</p>
      <Meter
        label={t(`limits.name.${state.name}`)}
        portion={standing.portion}
        valueText={`${used}. ${left}`}
        isFull={isRefusing}
      />
      <p className={`text-caption tabular-nums ${isRefusing ? 'text-danger-ink' : 'text-ink-faint'}`}>
        {facts.join(' · ')}
      </p>
    </div>
  )
}
