import { Boxes, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { presenceIn } from '../../node/contract/presence.ts'
import type { Pool } from '../../node/contract/state.ts'
import { Button } from '../components/button.tsx'
import { formatList } from '../locales/format.ts'
import { goTo } from '../state/navigation.ts'
import { useSlice } from '../state/slices.ts'

interface Words {
  readonly title: string
  readonly text: string
}

/** Why there is nothing to ask, and what would help: no pool, nobody else in it, nobody online, or nobody who shares. */
export function useNothingToAsk(chosen: Pool | null): Words {
  const { t } = useTranslation()
  const pools = useSlice('pools')
  const machines = useSlice('machines')
  const network = useSlice('network')
  const pool = chosen?.kind === 'shared' ? chosen : (pools.find((one) => one.kind === 'shared') ?? null)
  const none = { title: t('chat.noModelTitle'), text: t('chat.noModelText') }
  if (pool === null || pool.state === 'refused' || pool.state === 'suspended') return none
  if (network.state === 'offline') return { title: t('chat.offlineTitle'), text: t('chat.offlineText') }
  const { name } = pool
  if (pool.state === 'waiting') return { title: t('chat.awayTitle', { name }), text: t('chat.awayUnknownText') }
  const { state, people } = presenceIn(pool, machines)
  const names = formatList(people)
  switch (state) {
    case 'away':
      return { title: t('chat.awayTitle', { name }), text: t('chat.awayText', { names, count: people.length }) }
    case 'idle':
      return {
        title: t('chat.idleTitle', { name }),
        text: people.length === 0 ? t('chat.idleAllText') : t('chat.idleText', { names }),
      }
    case 'alone':
      return { title: t('chat.aloneTitle', { name }), text: t('chat.aloneText') }
    case 'sharing':
      return none
  }
}

/** The ways out. */
export function NothingToAskActions() {
  const { t } = useTranslation()
  return (
    <div className="flex flex-wrap justify-center gap-2">
      <Button
        variant="primary"
        icon={<Boxes aria-hidden size={17} />}
        onClick={() => {
          goTo('models')
        }}
      >
        {t('chat.noModelAction')}
      </Button>
      <Button
        icon={<Users aria-hidden size={17} />}
        onClick={() => {
          goTo('pool')
        }}
      >
        {t('chat.noModelPool')}
      </Button>
    </div>
  )
}
