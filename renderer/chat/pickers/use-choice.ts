import { useMemo } from 'react'
import type { ChatId } from '../../../node/contract/ids.ts'
import type { Pool } from '../../../node/contract/state.ts'
import { useSlice } from '../../state/slices.ts'
import { useTranscripts } from '../transcript/transcript-store.ts'
import { useChoices } from './choice-store.ts'
import { chosenModel, chosenPool, modelOptions, type ModelOption } from './model-options.ts'

export interface Choice {
  readonly pool: Pool | null
  readonly options: readonly ModelOption[]
  readonly model: string | null
  /** The chosen model, when it is on offer now. */
  readonly option: ModelOption | null
}

/** The model a chat was last answered with. */
function useLastModel(chatId: ChatId | null): string | null {
  return useTranscripts(({ messages }) => {
    if (chatId === null) return null
    return messages[chatId]?.findLast((message) => message.answer !== null)?.answer?.model ?? null
  })
}

/** Where the next question of a chat goes: what was chosen for it, else its last model, else the last choice of all. */
export function useChoice(chatId: ChatId | null): Choice {
  const { current } = useSlice('account')
  const pools = useSlice('pools')
  const machines = useSlice('machines')
  const { local } = useSlice('models')
  const { chatPoolId, chatModel } = useSlice('settings')
  const own = useChoices(({ of }) => (chatId === null ? undefined : of[chatId]))
  const lastModel = useLastModel(chatId)
  const wantedModel = own?.model ?? lastModel ?? chatModel
  const wantedPoolId = own?.poolId ?? chatPoolId
  return useMemo(() => {
    const pool = chosenPool(pools, wantedPoolId)
    const options =
      pool === null || current === null ? [] : modelOptions(local, machines, pool.poolId, current.accountId)
    const model = chosenModel(options, wantedModel)
    return { pool, options, model, option: options.find((one) => one.name === model) ?? null }
  }, [current, pools, machines, local, wantedPoolId, wantedModel])
}
