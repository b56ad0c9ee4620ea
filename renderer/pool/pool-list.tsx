import { Laptop, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { PoolId } from '../../node/contract/ids.ts'
import type { Pool } from '../../node/contract/state.ts'

interface PoolListProps {
  readonly pools: readonly Pool[]
  readonly shown: Pool | null
  readonly onChoose: (poolId: PoolId) => void
}

/** The pools to choose from. */
export function PoolList({ pools, shown, onChoose }: PoolListProps) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('pool.list')}>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-3">
        {pools.map((pool) => {
          const Icon = pool.kind === 'devices' ? Laptop : Users
          return (
            <li key={pool.poolId}>
              <button
                type="button"
                aria-current={pool.poolId === shown?.poolId ? 'true' : undefined}
                className="flex h-full w-full items-center gap-3 rounded-card border border-line bg-surface px-4 py-3.5 text-start shadow-card transition-colors hover:bg-hover aria-[current]:border-accent aria-[current]:bg-accent-soft"
                onClick={() => {
                  onChoose(pool.poolId)
                }}
              >
                <Icon aria-hidden size={20} className={pool.kind === 'devices' ? 'text-accent' : 'text-friend'} />
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{pool.name}</span>
                  <span className="block text-caption text-ink-soft">{t(`pool.kind.${pool.kind}`)}</span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
