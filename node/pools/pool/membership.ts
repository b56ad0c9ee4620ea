import type { Bee } from '../../state/bee.ts'
import { isShutOut, type AdminDecisions } from './admin-merge.ts'
import { accountStanding } from '../../access/pool-standing.ts'
import type { AccountStanding } from '../../access/standing.ts'
import type { AccountId, DeviceId, PlanId } from '../../contract/ids.ts'
import { planSchema, type Plan } from '../../contract/pools.ts'
import {
  beatRecordSchema,
  deviceRecordSchema,
  directoryKeys,
  inviteRecordSchema,
  memberRecordSchema,
  poolRecordSchema,
  refusalRecordSchema,
  type DeviceRecord,
  type InviteRecord,
  type MemberRecord,
  type PoolRecord,
  type RefusalCode,
  type SeenRecord,
} from './records.ts'

const dayMs = 86_400_000

/** The whole directory as last read; immutable. */
export interface Directory {
  readonly version: number
  readonly pool: PoolRecord
  readonly plans: ReadonlyMap<PlanId, Plan>
  readonly members: ReadonlyMap<AccountId, MemberRecord>
  readonly devices: ReadonlyMap<DeviceId, DeviceRecord>
  readonly invites: ReadonlyMap<string, InviteRecord>
  readonly refused: ReadonlyMap<AccountId, RefusalCode>
  readonly beatAtMs: number
}

/** Reads the whole directory; null before it was received. */
export async function readDirectory(bee: Bee): Promise<Directory | null> {
  if (!bee.isKnown || !(await bee.hasHeader())) return null
  const version = bee.version
  const pool = await bee.get(directoryKeys.pool, poolRecordSchema)
  if (!pool) return null
  const plans = await bee.list(directoryKeys.plans, planSchema)
  const members = await bee.list(directoryKeys.members, memberRecordSchema)
  const devices = await bee.list(directoryKeys.devices, deviceRecordSchema)
  const invites = await bee.list(directoryKeys.invites, inviteRecordSchema)
  const refused = await bee.list(directoryKeys.refused, refusalRecordSchema)
  const beat = await bee.get(directoryKeys.beat, beatRecordSchema)
  // Part of it was read as empty: what was known before stays.
  if (bee.unlawful) return null
  return {
    version,
    pool,
    plans: new Map(plans.map(({ value }) => [value.planId, value])),
    members: new Map(members.map(({ value }) => [value.accountId, value])),
    devices: new Map(devices.map(({ value }) => [value.deviceId, value])),
    invites: new Map(invites.map(({ key, value }) => [key, value])),
    refused: new Map(refused.map(({ key, value }) => [key as AccountId, value.code])),
    beatAtMs: beat?.atMs ?? pool.createdAtMs,
  }
}

/** An account's standing in this pool; null for a stranger. */
export function standingOf(
  accountId: AccountId,
  pool: { readonly directory: Directory | null; readonly decisions: AdminDecisions },
  seen: ReadonlyMap<AccountId, SeenRecord>,
  nowMs: number,
): AccountStanding | null {
  const { directory, decisions } = pool
  const shown = seen.get(accountId)
  const facts = {
    member: directory?.members.get(accountId) ?? null,
    isRefused: directory?.refused.has(accountId) ?? false,
    isShutOut: isShutOut(decisions, accountId),
    shown: shown ? { ...shown, isWithdrawn: isWithdrawn(pool, shown.inviteId) } : null,
  }
  return accountStanding(facts, nowMs)
}

/** Whether the manager or an admin has revoked an invite. */
export function isWithdrawn(
  pool: { readonly directory: Directory | null; readonly decisions: AdminDecisions },
  inviteId: string,
): boolean {
  return pool.decisions.revokedInvites.has(inviteId) || (pool.directory?.invites.get(inviteId)?.isRevoked ?? false)
}

/** Whole days since the manager's last beat, to compare with `staleAfterDays`. */
export function silentDays(directory: Directory, nowMs: number): number {
  return Math.floor((nowMs - directory.beatAtMs) / dayMs)
}
