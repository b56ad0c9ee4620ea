import { create } from 'zustand'
import type { KeyId, PoolId } from '../../node/contract/ids.ts'
import type { ApiKey } from '../../node/contract/keys.ts'
import type { UsageDirection, UsageGrain, UsageGrouping } from '../../node/contract/usage.ts'
import { goTo } from './navigation.ts'

export type UsageMeasure = 'answers' | 'tokens'

/** What the Usage page shows. Kept while other places are visited. */
export interface UsageChoice {
  readonly direction: UsageDirection
  readonly grain: UsageGrain
  readonly groupBy: UsageGrouping
  readonly measure: UsageMeasure
  /** Null for all pools. */
  readonly poolId: PoolId | null
  /** Only the answers one key asked for; null for all. */
  readonly keyId: KeyId | null
}

const atFirst: UsageChoice = {
  direction: 'consumed',
  grain: 'day',
  groupBy: 'model',
  measure: 'tokens',
  poolId: null,
  keyId: null,
}

export const useUsageChoice = create<UsageChoice>()(() => atFirst)

export function chooseUsage(change: Partial<UsageChoice>): void {
  useUsageChoice.setState(change)
}

/** Goes to the Usage page and shows what one key asked for. */
export function showUsageOfKey({ keyId, poolId }: Pick<ApiKey, 'keyId' | 'poolId'>): void {
  useUsageChoice.setState({ ...atFirst, keyId, poolId })
  goTo('usage')
}

/** Back to the beginning, after logging out. */
export function forgetUsageChoice(): void {
  useUsageChoice.setState(atFirst, true)
}
