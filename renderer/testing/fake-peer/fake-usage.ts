import type { UsageBucket, UsageGrain, UsageGrouping, UsageTotals, ReceiptView } from '../../../node/contract/usage.ts'
import { periodsUntil } from '../../usage/periods.ts'
import { fakeIds } from './fake-ids.ts'

interface Group {
  readonly id: string
  readonly label: string
}

const people: readonly Group[] = ['mira', 'jonas', 'aylin'].map((name) => ({ id: fakeIds.account(name), label: name }))
const machines: readonly Group[] = ['Mira’s laptop', 'Studio PC', 'Mira’s desktop'].map((name) => ({
  id: fakeIds.device(name),
  label: name,
}))
const keys: readonly Group[] = [
  ...['Notes app', 'Nightly summary script', 'Translating the newsletter for everybody on Garden Street'].map(
    (name) => ({ id: fakeIds.key(name), label: name }),
  ),
  { id: '', label: '' },
]
const models: readonly Group[] = [
  'llama3.3:70b',
  'qwen3:8b',
  'Gemma 3 270M',
  'mistral-small:24b',
  'hf.co/bartowski/Some-Very-Long-Model-Name-Instruct-GGUF:Q4_K_M',
  'gemma3:27b',
  'phi4:14b',
  'deepseek-r1:32b',
].map((name) => ({ id: name, label: name }))

export const fakeGroups: Record<UsageGrouping, readonly Group[]> = {
  none: [{ id: '', label: '' }],
  key: keys,
  model: models,
  account: people,
  machine: machines,
}

/** The same everywhere and every time: numbers that look like use, from the place alone. */
function fakeTotals(period: number, group: number): UsageTotals {
  const wave = (period * 7 + group * 13) % 11
  const requests = wave < 3 + group ? 0 : wave * (9 - group)
  return {
    requests,
    failures: wave === 10 ? 1 : 0,
    promptTokens: requests * (180 + 20 * group),
    completionTokens: requests * (320 - 25 * group),
  }
}

/** Buckets of a report, empty ones left out as the peer does. */
export function fakeBuckets(grain: UsageGrain, groupBy: UsageGrouping, nowMs: number): UsageBucket[] {
  return periodsUntil(grain, nowMs).startsMs.flatMap((startMs, period) => {
    const groups = fakeGroups[groupBy]
      .map((group, place) => ({ ...group, ...fakeTotals(period, place) }))
      .filter(({ requests }) => requests > 0)
    return groups.length === 0 ? [] : [{ startMs, groups }]
  })
}

const kinds: readonly (Pick<ReceiptView, 'outcome' | 'state' | 'countedBy' | 'seams'> & Partial<ReceiptView>)[] = [
  { outcome: 'complete', state: 'half-signed', countedBy: 'engine', seams: 0 },
  { outcome: 'complete', state: 'countersigned', countedBy: 'engine', seams: 0 },
  { outcome: 'stopped', state: 'countersigned', countedBy: 'stream', seams: 0 },
  { outcome: 'lost', state: 'gateway-attested', countedBy: 'stream', seams: 1 },
  { outcome: 'length', state: 'countersigned', countedBy: 'engine', seams: 0 },
  { outcome: 'failed', state: 'countersigned', countedBy: 'engine', seams: 0, clockOffMs: -18_000_000 },
  {
    ...{ outcome: 'complete', state: 'gateway-attested', countedBy: 'stream', seams: 0 },
    said: { promptTokens: 24, completionTokens: 5_000_000 },
  },
]

/** Receipts of every kind, newest first. */
export function fakeReceipts(direction: ReceiptView['direction'], nowMs: number, count = 14): ReceiptView[] {
  return Array.from({ length: count }, (_, place) => {
    const kind = kinds[place % kinds.length] ?? kinds[0]
    const key = keys[place % keys.length]
    const asker = people[direction === 'consumed' ? 0 : 1 + (place % 2)]
    const machine = machines[direction === 'consumed' ? 1 : 0]
    return {
      attemptId: fakeIds.attempt(`${direction}-${String(place)}`),
      requestId: fakeIds.request(`${direction}-${String(place)}`),
      poolId: fakeIds.pool('Garden Street'),
      accountId: fakeIds.account(asker?.label ?? 'mira'),
      keyId: key?.label === '' || key === undefined ? null : fakeIds.key(key.label),
      model: models[place % models.length]?.label ?? '',
      modelDigest: '',
      processorDeviceId: fakeIds.device(machine?.label ?? ''),
      gatewayDeviceId: fakeIds.device('Mira’s laptop'),
      promptTokens: 24 + place * 130,
      completionTokens: 212 + place * 7,
      countedBy: kind?.countedBy ?? 'engine',
      said: kind?.said ?? null,
      queueMs: 0,
      firstTokenMs: 640,
      durationMs: 1_400 + place * 900,
      outcome: kind?.outcome ?? 'complete',
      seams: kind?.seams ?? 0,
      finishedAtMs: nowMs - place * 4_900_000,
      direction,
      state: kind?.state ?? 'countersigned',
      accountName: asker?.label ?? '',
      keyName: key?.label ?? '',
      machineName: machine?.label ?? '',
      machineAccountName: people[direction === 'consumed' ? 1 : 0]?.label ?? '',
      clockOffMs: kind?.clockOffMs ?? null,
    }
  })
}
