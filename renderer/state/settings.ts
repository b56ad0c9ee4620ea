import type { CallInput } from '../../node/contract/contract.ts'
import { call } from '../bridge/kith.ts'
import { notifyProblem } from './notices.ts'

/** Changes settings; a failure is shown as a notice, since the control itself falls back to the old value. */
export async function updateSettings(change: CallInput<'settings.update'>): Promise<boolean> {
  const result = await call('settings.update', change)
  if (!result.ok) notifyProblem(result.error)
  return result.ok
}
