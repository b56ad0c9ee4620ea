import { useCallback, useState } from 'react'
import type { CallInput, CallOutput } from '../../node/contract/contract.ts'
import type { KithError } from '../../node/contract/errors.ts'
import type { Result } from '../../node/contract/result.ts'
import type { WindowCallName } from '../bridge/client.ts'
import { call } from '../bridge/kith.ts'

interface Caller<K extends WindowCallName> {
  readonly run: (input: CallInput<K>) => Promise<Result<CallOutput<K>>>
  readonly isBusy: boolean
  readonly error: KithError | null
  readonly clearError: () => void
}

/** One call with its busy state and last failure, for a form or a button. */
export function useCall<K extends WindowCallName>(name: K): Caller<K> {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<KithError | null>(null)

  const run = useCallback(
    async (input: CallInput<K>) => {
      setBusy(true)
      setError(null)
      const result = await call(name, input)
      setBusy(false)
      if (!result.ok) setError(result.error)
      return result
    },
    [name],
  )
  const clearError = useCallback(() => {
    setError(null)
  }, [])
  return { run, isBusy, error, clearError }
}
