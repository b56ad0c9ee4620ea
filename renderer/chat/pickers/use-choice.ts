import { useMemo } from 'react'
import type { Pool } from '../../../node/contract/state.ts'
import { useSlice } from '../../state/slices.ts'
import { chosenModel, chosenPool, modelOptions, type ModelOption } from './model-options.ts'

export interface Choice {
  readonly pool: Pool | null
  readonly options: readonly ModelOption[]
  readonly model: string | null
  /** The chosen model, when it is on offer now. */
  readonly option: ModelOption | null
}

/** Where the next question goes, from what was last chosen and what is on offer. */
export function useChoice(): Choice {
  const { current } = useSlice('account')
  const pools = useSlice('pools')
  const machines = useSlice('machines')
  const { local } = useSlice('models')
  const { chatPoolId, chatModel } = useSlice('settings')
  return useMemo(() => {
    const pool = chosenPool(pools, chatPoolId)
    const options =
      pool === null || current === null ? [] : modelOptions(local, machines, pool.poolId, current.accountId)
    const model = chosenModel(options, chatModel)
    return { pool, options, model, option: options.find((one) => one.name === model) ?? null }
  }, [current, pools, machines, local, chatPoolId, chatModel])
}
