import { Calculator, Ellipsis, Pencil, Waypoints } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Machine, Pool } from '../../../node/contract/state.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { notify, notifyProblem } from '../../state/notices.ts'
import { useCall } from '../../state/use-call.ts'
import { canEntrust } from '../rights.ts'

interface MachineMenuProps {
  readonly machine: Machine
  readonly pool: Pool
  readonly isOwn: boolean
  readonly onRename: () => void
}

/** Own computers can be renamed; the manager can make one ask for others, or count. */
export function MachineMenu({ machine, pool, isOwn, onRename }: MachineMenuProps) {
  const { t } = useTranslation()
  const setGateway = useCall('pool.setGateway')
  const setCoordinator = useCall('pool.setCoordinator')
  const { name, deviceId } = machine
  const mayEntrust = pool.kind === 'shared' && canEntrust(pool)
  const isGateway = machine.gatewayPoolIds.includes(pool.poolId)

  async function switchGateway(): Promise<void> {
    const result = await setGateway.run({ poolId: pool.poolId, deviceId, isGateway: !isGateway })
    if (!result.ok) notifyProblem(result.error)
    else notify(isGateway ? t('pool.gatewayOff', { name }) : t('pool.gatewayOn', { name }))
  }

  async function count(): Promise<void> {
    const result = await setCoordinator.run({ poolId: pool.poolId, deviceId })
    if (result.ok) notify(t('pool.coordinatorDone', { name }))
    else notifyProblem(result.error)
  }

  if (!isOwn && !mayEntrust) return null
  return (
    <Menu
      label={t('pool.machineActions', { name })}
      trigger={<IconButton label={t('app.moreFor', { name })} icon={<Ellipsis aria-hidden size={18} />} />}
    >
      {isOwn && (
        <MenuItem icon={<Pencil aria-hidden size={16} />} onSelect={onRename}>
          {t('pool.rename')}
        </MenuItem>
      )}
      {mayEntrust && (
        <MenuItem icon={<Waypoints aria-hidden size={16} />} onSelect={() => void switchGateway()}>
          {isGateway ? t('pool.gatewayStop') : t('pool.gatewayStart')}
        </MenuItem>
      )}
      {mayEntrust && pool.coordinatorDeviceId !== deviceId && (
        <MenuItem icon={<Calculator aria-hidden size={16} />} onSelect={() => void count()}>
          {t('pool.coordinatorStart')}
        </MenuItem>
      )}
    </Menu>
  )
}
