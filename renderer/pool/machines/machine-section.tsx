import { Laptop, MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine, Pool } from '../../../node/contract/state.ts'
import { Badge, type BadgeTone } from '../../components/badge.tsx'
import { Row, RowList } from '../../components/layout/row-list.tsx'
import { Section } from '../../components/layout/section.tsx'
import { IconTile } from '../../components/icon-tile.tsx'
import { useSlice } from '../../state/slices.ts'
import { MachineMenu } from './machine-menu.tsx'
import { RenameComputerDialog } from '../../components/rename-computer-dialog.tsx'

const tones: Record<Machine['connection'], BadgeTone> = {
  self: 'own',
  looking: 'plain',
  connecting: 'plain',
  admitted: 'own',
  refused: 'danger',
  offline: 'plain',
}

interface MachineRowProps {
  readonly machine: Machine
  readonly pool: Pool
  readonly isOwn: boolean
  readonly onRename: () => void
}

function MachineRow({ machine, pool, isOwn, onRename }: MachineRowProps) {
  const { t } = useTranslation()
  const isReached = machine.connection === 'self' || machine.connection === 'admitted'
  const shares = machine.isSharing ? t('pool.sharesModels', { count: machine.models.length }) : t('pool.sharingOff')
  return (
    <Row
      icon={<IconTile icon={isOwn ? Laptop : MonitorSmartphone} tone={isOwn ? 'own' : 'friend'} />}
      title={
        <>
          {machine.name}
          <Badge tone={tones[machine.connection]}>{t(`pool.connection.${machine.connection}`)}</Badge>
          {machine.gatewayPoolIds.includes(pool.poolId) && <Badge tone="friend">{t('pool.isGateway')}</Badge>}
          {pool.kind === 'shared' && pool.coordinatorDeviceId === machine.deviceId && (
            <Badge>{t('pool.isCoordinator')}</Badge>
          )}
          {machine.activeAnswers > 0 && <Badge>{t('pool.busy', { count: machine.activeAnswers })}</Badge>}
        </>
      }
      text={[machine.isSelf ? null : t('pool.machineOwner', { owner: machine.ownerName }), isReached ? shares : null]
        .filter((part) => part !== null)
        .join(' · ')}
      actions={<MachineMenu machine={machine} pool={pool} isOwn={isOwn} onRename={onRename} />}
    >
      {isReached && machine.isSharing && machine.models.length > 0 && (
        <ul className="flex flex-wrap gap-1.5 ps-13.5">
          {machine.models.map((model) => (
            <li key={`${model.engine}-${model.name}`}>
              <Badge>{model.name}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Row>
  )
}

/** The computers of a pool, with how they are reached in words. */
export function MachineSection({ pool }: { readonly pool: Pool }) {
  const { t } = useTranslation()
  const { current } = useSlice('account')
  const [renamed, setRenamed] = useState<Machine | null>(null)
  const machines = useSlice('machines')
    .filter((machine) => machine.isSelf || machine.poolIds.includes(pool.poolId))
    .sort((first, second) => Number(second.isSelf) - Number(first.isSelf))
  const isAlone = machines.every((machine) => machine.isSelf)
  return (
    <Section title={t('pool.machines')} text={isAlone ? t('pool.machinesAlone') : t('pool.machinesText')}>
      {machines.length > 0 && (
        <RowList label={t('pool.machines')}>
          {machines.map((machine) => (
            <MachineRow
              key={machine.deviceId}
              machine={machine}
              pool={pool}
              isOwn={machine.accountId === current?.accountId}
              onRename={() => {
                setRenamed(machine)
              }}
            />
          ))}
        </RowList>
      )}
      {renamed !== null && (
        <RenameComputerDialog
          deviceId={renamed.deviceId}
          name={renamed.name}
          isReached={renamed.isSelf || renamed.connection === 'admitted'}
          onClose={() => {
            setRenamed(null)
          }}
        />
      )}
    </Section>
  )
}
