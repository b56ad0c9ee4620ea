import { Check, Laptop, Link2, Users } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { Card } from '../components/layout/card.tsx'
import { CreatePoolDialog } from '../pool/create-pool-dialog.tsx'
import { JoinPoolDialog } from '../pool/invites/join-pool-dialog.tsx'
import { letGoOfInvite } from '../state/pending-invite.ts'
import { useSlice } from '../state/slices.ts'
import { StepFrame } from './step-frame.tsx'

interface WayProps {
  readonly icon: ReactNode
  readonly title: string
  readonly text: string
  readonly action: ReactNode
}

function Way({ icon, title, text, action }: WayProps) {
  return (
    <Card className="flex flex-wrap items-center gap-4 px-5 py-4">
      <span className="flex size-11 items-center justify-center rounded-full bg-accent-soft text-accent-ink">
        {icon}
      </span>
      <div className="min-w-48 flex-1">
        <h2 className="font-semibold">{title}</h2>
        <p className="text-small text-ink-soft">{text}</p>
      </div>
      {action}
    </Card>
  )
}

interface PoolStepProps {
  /** An invite that was opened before; it is shown at once. */
  readonly link: string | null
  readonly onNext: () => void
}

/** With whom: only oneself, a pool of one's own, or one that somebody invited to. */
export function PoolStep({ link, onNext }: PoolStepProps) {
  const { t } = useTranslation()
  const shared = useSlice('pools').filter((pool) => pool.kind === 'shared')
  const [asks, setAsks] = useState<'create' | 'join' | null>(null)

  return (
    <StepFrame
      title={t('firstRun.poolTitle')}
      text={t('firstRun.poolText')}
      actions={
        <Button variant="primary" className="ms-auto" onClick={onNext}>
          {t('firstRun.next')}
        </Button>
      }
    >
      <Way
        icon={<Laptop aria-hidden size={20} />}
        title={t('firstRun.poolMineTitle')}
        text={t('firstRun.poolMineText')}
        action={
          <Badge tone="own">
            <Check aria-hidden size={13} /> {t('firstRun.ready')}
          </Badge>
        }
      />
      <Way
        icon={<Link2 aria-hidden size={20} />}
        title={t('firstRun.poolJoinTitle')}
        text={t('firstRun.poolJoinText')}
        action={
          <Button
            onClick={() => {
              setAsks('join')
            }}
          >
            {t('pool.join')}
          </Button>
        }
      />
      <Way
        icon={<Users aria-hidden size={20} />}
        title={t('firstRun.poolMakeTitle')}
        text={t('firstRun.poolMakeText')}
        action={
          <Button
            onClick={() => {
              setAsks('create')
            }}
          >
            {t('pool.create')}
          </Button>
        }
      />
      <div role="status" className="flex flex-col gap-1">
        {shared.map((pool) => (
          <p key={pool.poolId} className="flex items-center gap-2 text-small text-accent-ink">
            <Check aria-hidden size={16} />
            {pool.role === 'owner'
              ? t('firstRun.poolMade', { name: pool.name })
              : t('firstRun.poolJoined', { name: pool.name })}
          </p>
        ))}
      </div>
      {asks === 'create' && (
        <CreatePoolDialog
          onClose={() => {
            setAsks(null)
          }}
        />
      )}
      {(asks === 'join' || link !== null) && (
        <JoinPoolDialog
          key={link}
          link={link}
          onClose={() => {
            setAsks(null)
            letGoOfInvite()
          }}
        />
      )}
    </StepFrame>
  )
}
