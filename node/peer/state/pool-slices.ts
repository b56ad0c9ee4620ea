import { unknownDeviceName } from '../../accounts/device-name.ts'
import { kithError } from '../../contract/errors.ts'
import { tagOf, type AccountId, type DeviceId, type PoolId } from '../../contract/ids.ts'
import type { LimitState } from '../../contract/limits.ts'
import { defaultPlanId, type Role } from '../../contract/pools.ts'
import {
  maxSetAsideShown,
  type Invite,
  type Machine,
  type Member,
  type Pool as PoolSlice,
} from '../../contract/state.ts'
import { isWithdrawn } from '../../pools/pool/membership.ts'
import type { Pool } from '../../pools/pool/pool.ts'
import { setAsideError } from '../../pools/pool/set-aside.ts'
import { plansOf, PoolTerms } from '../../pools/pool-terms.ts'
import type { Pools } from '../../pools/pools.ts'
import type { InviteRecord } from '../../pools/pool/records.ts'
import type { CutOff } from '../../protocol/cut-offs.ts'
import type { Capabilities } from '../../protocol/machines.ts'

interface Self {
  readonly accountId: AccountId
  readonly username: string
}

export interface PoolSliceOptions {
  readonly self: Self
  /** Links of the invites made on this install, by invite. */
  readonly links: ReadonlyMap<string, string>
  /** Devices that were cut off, on any connection. */
  readonly cutOffs: readonly CutOff[]
  /** How this account stands against its plan in a pool. */
  readonly limitStates: (poolId: PoolId) => LimitState[]
  readonly nowMs: number
}

/** What the window shows of each pool. */
export function poolSlices(pools: Pools, options: PoolSliceOptions): PoolSlice[] {
  const { self, links, cutOffs, limitStates, nowMs } = options
  const terms = new PoolTerms(pools)
  const machineName = (deviceId: DeviceId): string => pools.names.machine(deviceId) ?? tagOf(deviceId)
  return [...pools.all()].map((pool) => {
    const standing = pool.standing(self.accountId)
    return {
      poolId: pool.poolId,
      name: pool.name,
      kind: pool.membership.kind,
      role: standing?.role ?? ownRole(pool, self.accountId) ?? (pool.membership.poolSecretKey ? 'owner' : 'member'),
      state: poolState(pool, self.accountId),
      refusal: pool.refusal,
      isManager: pool.author !== null,
      isManagerConnected: pools.isManagerConnected(pool),
      setAside: setAside(pool, machineName),
      members: members(pool, self),
      invites: seesInvites(standing?.role)
        ? [...(pool.directory?.invites.values() ?? [])].map((invite) =>
            inviteSlice({ ...invite, isRevoked: isWithdrawn(pool, invite.inviteId) }, links, nowMs),
          )
        : [],
      plans: plansOf(pool.directory),
      limitStates: limitStates(pool.poolId),
      coordinatorDeviceId: terms.coordinatorsOf(pool.poolId)[0] ?? null,
      readEpoch: pool.readEpoch,
      cutOffs: cutOffsOf(pools, pool, cutOffs),
    }
  })
}

/** What this account was in a pool that is dissolved. */
function ownRole(pool: Pool, self: AccountId): Role | undefined {
  return pool.ending ? pool.directory?.members.get(self)?.role : undefined
}

/** How many the window shows. */
const maxCutOffs = 16

/** Those of the pool's members: others have no name here. */
function cutOffsOf(pools: Pools, pool: Pool, cutOffs: readonly CutOff[]): PoolSlice['cutOffs'] {
  return cutOffs
    .flatMap(({ deviceId, code, atMs }) => {
      const accountId = pools.whoIs(deviceId)?.accountId
      const member = accountId ? pool.directory?.members.get(accountId) : undefined
      if (!accountId || !member) return []
      const machine = pools.names.machine(deviceId) ?? tagOf(deviceId)
      return { deviceId, accountId, error: kithError(code, { machine, member: member.username }), atMs }
    })
    .slice(0, maxCutOffs)
}

/** Invites are for those who may make and withdraw them. */
function seesInvites(role: Role | undefined): boolean {
  return role === 'owner' || role === 'admin'
}

function poolState(pool: Pool, self: AccountId): PoolSlice['state'] {
  if (pool.refusal) return pool.refusal.code === 'member_suspended' ? 'suspended' : 'refused'
  if (pool.standing(self)?.state === 'active') return 'active'
  return pool.isAdmitted ? 'provisional' : 'waiting'
}

function setAside(pool: Pool, machineName: (deviceId: DeviceId) => string): PoolSlice['setAside'] {
  return pool.setAside
    .toSorted((one, other) => other.atMs - one.atMs)
    .slice(0, maxSetAsideShown)
    .map((one) => ({
      core: one.core,
      kind: one.kind,
      deviceId: one.deviceId,
      accountId: one.accountId,
      error: setAsideError(one, pool, machineName(one.deviceId)),
      atMs: one.atMs,
    }))
}

function members(pool: Pool, self: Self): Member[] {
  const listed = [...(pool.directory?.members.values() ?? [])].map((member) => ({
    accountId: member.accountId,
    username: member.username,
    tag: tagOf(member.accountId),
    role: member.role,
    planId: member.planId,
    joinedAtMs: member.joinedAtMs,
    state: pool.standing(member.accountId)?.state === 'suspended' ? ('suspended' as const) : member.state,
    isSelf: member.accountId === self.accountId,
  }))
  if (listed.some((member) => member.isSelf)) return listed
  const own: Member = {
    ...self,
    tag: tagOf(self.accountId),
    role: 'member',
    planId: defaultPlanId,
    joinedAtMs: 0,
    state: 'provisional',
    isSelf: true,
  }
  return [...listed, own]
}

function inviteSlice(record: InviteRecord, links: ReadonlyMap<string, string>, nowMs: number): Invite {
  const usesSpent = record.spentBy.length
  const state = record.isRevoked
    ? 'revoked'
    : usesSpent >= record.usesAllowed
      ? 'spent'
      : nowMs >= record.expiresAtMs
        ? 'expired'
        : 'open'
  return {
    inviteId: record.inviteId,
    link: links.get(record.inviteId) ?? '',
    role: record.role,
    planId: record.planId,
    usesAllowed: record.usesAllowed,
    usesSpent,
    expiresAtMs: record.expiresAtMs,
    state,
  }
}

/** Every device of every pool: this one, those connected now, and those the directories name. */
export function machineSlices(pools: Pools, self: Machine): Machine[] {
  const terms = new PoolTerms(pools)
  const gatewayPoolIds = (deviceId: DeviceId): PoolId[] =>
    [...pools.all()].map(({ poolId }) => poolId).filter((poolId) => terms.isGateway(poolId, deviceId))
  const sharesWhenOn = (deviceId: DeviceId): Pick<Machine, 'sharesWhenOn'> => {
    const shares = pools.names.sharesWhenOn(deviceId)
    return shares === undefined ? {} : { sharesWhenOn: shares }
  }
  const nameOf = (deviceId: DeviceId): string => pools.names.machine(deviceId) ?? unknownDeviceName
  const machines = new Map<string, Machine>([
    [self.deviceId, { ...self, gatewayPoolIds: gatewayPoolIds(self.deviceId) }],
  ])
  for (const session of pools.connections.all) {
    const { applicant, capabilities } = session
    if (!applicant || session.isHeld) continue
    const isOpen = session.openPools.length > 0 && !session.isQuiet
    machines.set(session.deviceId, {
      deviceId: session.deviceId,
      accountId: applicant.accountId,
      ownerName: applicant.username,
      name: nameOf(session.deviceId),
      isSelf: false,
      poolIds: session.openPools,
      gatewayPoolIds: gatewayPoolIds(session.deviceId),
      connection: session.isQuiet ? 'offline' : isOpen ? 'admitted' : 'connecting',
      ...offered(isOpen ? capabilities : null),
      ...sharesWhenOn(session.deviceId),
    })
  }
  for (const pool of pools.all()) {
    for (const device of pool.directory?.devices.values() ?? []) {
      const known = machines.get(device.deviceId)
      if (known) continue
      const username = pool.directory?.members.get(device.accountId)?.username ?? ''
      machines.set(device.deviceId, {
        deviceId: device.deviceId,
        accountId: device.accountId,
        ownerName: username,
        name: nameOf(device.deviceId),
        isSelf: false,
        poolIds: [pool.poolId],
        gatewayPoolIds: gatewayPoolIds(device.deviceId),
        connection: 'offline',
        ...offered(null),
        ...sharesWhenOn(device.deviceId),
      })
    }
  }
  return [...machines.values()]
}

type Offered = Pick<Machine, 'isSharing' | 'models' | 'activeAnswers' | 'waitingAnswers'>

export function offered(capabilities: Capabilities | null): Offered {
  return {
    isSharing: capabilities?.isSharing ?? false,
    models: [...(capabilities?.models ?? [])],
    activeAnswers: capabilities?.activeAnswers ?? 0,
    waitingAnswers: capabilities?.waitingAnswers ?? 0,
  }
}
