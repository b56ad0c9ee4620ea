import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Callout } from '../components/layout/callout.tsx'
import { Section } from '../components/layout/section.tsx'
import { Empty } from '../components/layout/empty.tsx'
import { Page } from '../components/layout/page.tsx'
import { useSlice } from '../state/slices.ts'
import { ApiSection } from './api-section.tsx'
import { CreateKeyDialog } from './form/create-key-dialog.tsx'
import { KeyList } from './key-list.tsx'

/** Keys for other programs, and the address they open. */
export function KeysView() {
  const { t } = useTranslation()
  const keys = useSlice('keys')
  const pools = useSlice('pools')
  const { state: network } = useSlice('network')
  const { chatPoolId } = useSlice('settings')
  const [isMaking, setMaking] = useState(false)
  const open = pools.filter((pool) => pool.state === 'active' || pool.state === 'provisional')
  const first = open.find((pool) => pool.poolId === chatPoolId) ?? open[0]
  const strayKeys = keys.filter((key) => pools.every((pool) => pool.poolId !== key.poolId))

  const make = (
    <Button
      variant="primary"
      icon={<Plus aria-hidden size={17} />}
      disabled={first === undefined}
      onClick={() => {
        setMaking(true)
      }}
    >
      {t('keys.create')}
    </Button>
  )
  return (
    <Page title={t('keys.title')} text={t('keys.text')} actions={keys.length > 0 ? make : undefined}>
      {network === 'offline' && <Callout tone="caution">{t('keys.offline')}</Callout>}
      {keys.length > 0 && <ApiSection />}
      {keys.length === 0 ? (
        <Section title={t('keys.yours')}>
          <Empty icon={<KeyRound aria-hidden size={26} />} action={make}>
            {t('keys.none')}
          </Empty>
        </Section>
      ) : (
        pools
          .map((pool) => ({ pool, own: keys.filter((key) => key.poolId === pool.poolId) }))
          .filter(({ own }) => own.length > 0)
          .map(({ pool, own }) => <KeyList key={pool.poolId} title={pool.name} keys={own} refusal={pool.refusal} />)
      )}
      {strayKeys.length > 0 && <KeyList title={t('keys.poolLeft')} keys={strayKeys} />}
      {keys.length === 0 && <ApiSection />}
      {isMaking && first !== undefined && (
        <CreateKeyDialog
          pools={open}
          firstPoolId={first.poolId}
          onClose={() => {
            setMaking(false)
          }}
        />
      )}
    </Page>
  )
}
