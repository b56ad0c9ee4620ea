import type { AccountId } from '../../contract/ids.ts'
import type { RemoteMachine } from '../../protocol/machines.ts'
import type { Pool } from '../pool/pool.ts'
import type { Names } from './names.ts'

/** People who are named as away. */
const maxNamed = 8

/**
 * The people of a pool where none of them is online: those who share while they are, if any has said so.
 * Null where one is online, where all have said that they do not share, and where there is nobody else.
 */
export function awayFrom(
  pool: Pool,
  { machines, names }: { readonly machines: readonly RemoteMachine[]; readonly names: Pick<Names, 'sharesWhenOn'> },
): { pool: string; members: string[] } | null {
  const { directory, poolId, ownAccountId } = pool
  if (!directory || pool.membership.kind !== 'shared') return null
  if (machines.some(({ ownerName, poolIds }) => ownerName !== undefined && poolIds.includes(poolId))) return null
  const others = [...directory.members.values()].filter(
    ({ accountId, state }) => accountId !== ownAccountId && state === 'active',
  )
  const devices = [...directory.devices.values()]
  const says = (accountId: AccountId): (boolean | undefined)[] =>
    devices.filter((one) => one.accountId === accountId).map(({ deviceId }) => names.sharesWhenOn(deviceId))
  // A computer of an earlier version does not say: it may share.
  const mayShare = others.filter(({ accountId }) => {
    const said = says(accountId)
    return said.length === 0 || said.some((isSharing) => isSharing !== false)
  })
  const sharing = mayShare.filter(({ accountId }) => says(accountId).includes(true))
  const members = (sharing.length > 0 ? sharing : mayShare).map(({ username }) => username)
  return members.length === 0 ? null : { pool: pool.name, members: members.slice(0, maxNamed) }
}
