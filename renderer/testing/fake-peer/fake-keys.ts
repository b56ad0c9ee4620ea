import { limitNames, type Limits, type LimitState } from '../../../node/contract/limits.ts'
import type { ApiKey } from '../../../node/contract/keys.ts'
import type { AppState } from '../../../node/contract/state.ts'
import { fakeIds } from './fake-ids.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export const runningApi: AppState['api'] = { state: 'running', url: 'http://127.0.0.1:4777/v1', error: null }

function windowMs(name: LimitState['name']): number | null {
  if (name === 'concurrentRequests') return null
  if (name.endsWith('Minute')) return 40_000
  return name.endsWith('Hour') ? 25 * minuteMs : name.endsWith('Day') ? 5 * hourMs : 6 * dayMs
}

/** How limits stand when this portion of each is used. */
export function fakeLimitStates(limits: Limits, nowMs: number, portion: number, wouldRefuse = 0): LimitState[] {
  return limitNames.flatMap((name) => {
    const limit = limits[name]
    if (limit === undefined) return []
    const used = Math.min(limit, Math.round(limit * portion))
    const lengthMs = windowMs(name)
    const resetsAtMs = lengthMs === null ? null : nowMs + lengthMs
    return [{ name, limit, used, left: limit - used, resetsAtMs, wouldRefuse }]
  })
}

export function fakeKey(name: string, nowMs: number, change: Partial<ApiKey> = {}): ApiKey {
  return {
    keyId: fakeIds.key(name),
    poolId: fakeIds.pool('Garden Street'),
    name,
    masked: `sk-kith-9f3a21-7c04d8-${fakeIds.key(name)}-…${fakeIds.key(name).slice(0, 4)}`,
    scopes: ['inference'],
    allowedModels: null,
    limits: {},
    limitMode: 'enforced',
    timeZone: 'Europe/Vienna',
    expiresAtMs: null,
    state: 'enabled',
    createdAtMs: nowMs - 3 * dayMs,
    lastUsedAtMs: null,
    overlapUntilMs: null,
    homeDeviceId: fakeIds.device('Mira’s laptop'),
    isHomeHere: true,
    limitStates: [],
    ...change,
  }
}

/** Keys of every kind: limited, used up, only counting, away, off, ended, with a name that is too long. */
export function fakeKeys(nowMs: number): ApiKey[] {
  const notes: Limits = { requestsPerMinute: 20, tokensPerDay: 50_000 }
  const script: Limits = { requestsPerMinute: 3, concurrentRequests: 1, tokensPerMonth: 2_000_000 }
  const trial: Limits = { requestsPerDay: 100 }
  return [
    fakeKey('Notes app', nowMs, {
      limits: notes,
      limitStates: fakeLimitStates(notes, nowMs, 0.4),
      lastUsedAtMs: nowMs - 4 * minuteMs,
      createdAtMs: nowMs - dayMs,
      allowedModels: ['llama3.3:70b', 'qwen3:8b'],
    }),
    fakeKey('Nightly summary script', nowMs, {
      limits: script,
      limitStates: fakeLimitStates(script, nowMs, 1),
      lastUsedAtMs: nowMs - 20_000,
      createdAtMs: nowMs - 2 * dayMs,
      overlapUntilMs: nowMs + 20 * hourMs,
      scopes: ['inference', 'metrics'],
    }),
    fakeKey('Translating the newsletter for everybody on Garden Street', nowMs, {
      limits: trial,
      limitMode: 'shadow',
      limitStates: fakeLimitStates(trial, nowMs, 1, 12),
      isHomeHere: false,
      homeDeviceId: fakeIds.device('Mira’s desktop'),
      lastUsedAtMs: nowMs - 26 * hourMs,
      expiresAtMs: nowMs + 80 * dayMs,
    }),
    fakeKey('Editor', nowMs, { state: 'disabled', createdAtMs: nowMs - 9 * dayMs }),
    fakeKey('Old phone', nowMs, { state: 'revoked', lastUsedAtMs: nowMs - 40 * dayMs }),
    fakeKey('Holiday guest', nowMs, { state: 'expired', expiresAtMs: nowMs - 2 * dayMs }),
    fakeKey('Home lights', nowMs, { poolId: fakeIds.pool('My devices'), lastUsedAtMs: nowMs - 2 * hourMs }),
  ]
}
