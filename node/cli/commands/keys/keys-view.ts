import type { ApiKey } from '../../../contract/keys.ts'
import type { Pool } from '../../../contract/state.ts'
import { limitRows } from '../../limit-view.ts'
import { table } from '../../output.ts'

/** Everything about one key but its secret. */
export function describeKey(key: ApiKey, pools: readonly Pool[], nowMs: number): string[] {
  const time = (ms: number | null, none: string): string => (ms === null ? none : new Date(ms).toISOString())
  const lines = table([
    ['Key', key.name],
    ['Id', key.keyId],
    ['Shown as', key.masked],
    ['State', key.state],
    ['Pool', pools.find(({ poolId }) => poolId === key.poolId)?.name ?? key.poolId],
    ['May', key.scopes.join(', ')],
    ['Models', key.allowedModels === null ? 'all' : key.allowedModels.join(', ')],
    ['Made', time(key.createdAtMs, '')],
    ['Last used', time(key.lastUsedAtMs, 'never')],
    ['Expires', time(key.expiresAtMs, 'never')],
    ...(key.overlapUntilMs === null ? [] : [['Old secret', `works until ${time(key.overlapUntilMs, '')}`]]),
    ['Counted by', key.isHomeHere ? 'this computer' : `the computer ${key.homeDeviceId.slice(0, 6)}`],
  ])
  return [...lines, ...describeLimits(key, nowMs)]
}

/** The limits of a key and how they stand. */
export function describeLimits(key: ApiKey, nowMs: number): string[] {
  const heading = key.limitMode === 'shadow' ? 'Limits, counted but not enforced' : 'Limits'
  const rows = limitRows(key.limitStates, nowMs)
  return [`${heading} (${key.timeZone})`, ...(rows.length > 0 ? table(rows) : ['  none'])]
}
