import { Link2, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolId } from '../../node/contract/ids.ts'
import { Button } from '../components/button.tsx'
import { Page } from '../components/layout/page.tsx'
import { useSlice } from '../state/slices.ts'
import { CreatePoolDialog } from './create-pool-dialog.tsx'
import { JoinPoolDialog } from './invites/join-pool-dialog.tsx'
import { PoolDetail } from './pool-detail.tsx'
import { PoolList } from './pool-list.tsx'
import { RestorePoolDialog } from './restore-pool-dialog.tsx'

/** All pools, and one of them in full. */
export function PoolView() {
  const { t } = useTranslation()
  const pools = useSlice('pools')
  const [chosen, setChosen] = useState<PoolId | null>(null)
  const [asks, setAsks] = useState<'create' | 'join' | 'restore' | null>(null)
  const shown =
    pools.find((pool) => pool.poolId === chosen) ?? pools.find((pool) => pool.kind === 'shared') ?? pools[0] ?? null

  function close(): void {
    setAsks(null)
  }

  return (
    <Page
      title={t('pool.title')}
      text={t('pool.text')}
      actions={
        <>
          <Button
            icon={<Link2 aria-hidden size={17} />}
            onClick={() => {
              setAsks('join')
            }}
          >
            {t('pool.join')}
          </Button>
          <Button
            variant="primary"
            icon={<Plus aria-hidden size={17} />}
            onClick={() => {
              setAsks('create')
            }}
          >
            {t('pool.create')}
          </Button>
        </>
      }
    >
      <PoolList pools={pools} shown={shown} onChoose={setChosen} />
      <Button
        variant="quiet"
        size="small"
        className="-ms-3 -mt-6 self-start"
        onClick={() => {
          setAsks('restore')
        }}
      >
        {t('pool.restore')}
      </Button>
      {shown !== null && <PoolDetail key={shown.poolId} pool={shown} />}
      {asks === 'create' && <CreatePoolDialog onClose={close} onMade={setChosen} />}
      {asks === 'restore' && <RestorePoolDialog onClose={close} onRestored={setChosen} />}
      {asks === 'join' && <JoinPoolDialog link={null} onClose={close} onJoined={setChosen} />}
    </Page>
  )
}
