import { z } from 'zod'
import { headerKey, type Bee } from '../../state/bee.ts'
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

/** More records of a directory are not read. */
const maxRecords = 50_000

/**
 * Reads the whole directory; null before it was received.
 *
 * One walk reads all of it, so that what belongs together is of one version.
 */
export async function readDirectory(bee: Bee): Promise<Directory | null> {
  const version = bee.version
  const records = bee.isKnown ? await bee.list('v1/', z.unknown(), maxRecords) : []
  const stored = new Map(records.map(({ key, value }) => [`v1/${key}`, value]))
  if (!bee.isHeader(stored.get(headerKey))) return null
  const pool = poolRecordSchema.safeParse(stored.get(directoryKeys.pool))
  if (!pool.success) return null
  const beat = beatRecordSchema.safeParse(stored.get(directoryKeys.beat))
  return {
    version,
    pool: pool.data,
    plans: new Map(under(stored, directoryKeys.plans, planSchema).map(({ value }) => [value.planId, value])),
    members: new Map(
      under(stored, directoryKeys.members, memberRecordSchema).map(({ value }) => [value.accountId, value]),
    ),
    devices: new Map(
      under(stored, directoryKeys.devices, deviceRecordSchema).map(({ value }) => [value.deviceId, value]),
    ),
    invites: new Map(under(stored, directoryKeys.invites, inviteRecordSchema).map(({ key, value }) => [key, value])),
    refused: new Map(
      under(stored, directoryKeys.refused, refusalRecordSchema).map(({ key, value }) => [key as AccountId, value.code]),
    ),
    beatAtMs: beat.success ? beat.data.atMs : pool.data.createdAtMs,
  }
}

/** The records whose key starts with a prefix and that the schema takes. */
function under<T>(
  stored: ReadonlyMap<string, unknown>,
  prefix: string,
  schema: z.ZodType<T>,
): { key: string; value: T }[] {
  return [...stored].flatMap(([key, value]) => {
    const parsed = key.startsWith(prefix) ? schema.safeParse(value) : null
    return parsed?.success ? [{ key: key.slice(prefix.length), value: parsed.data }] : []
  })
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

/** The same under the pool's last change of owner, which may be ahead of the directory: there is one owner at any time. */
export function withOwner(standing: AccountStanding, accountId: AccountId, owner: AccountId | null): AccountStanding {
  if (owner === null) return standing
  if (accountId === owner) return { ...standing, role: 'owner' }
  return standing.role === 'owner' ? { ...standing, role: 'member' } : standing
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
