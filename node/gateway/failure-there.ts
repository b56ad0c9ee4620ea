import { hasPointOfView, kithError, type KithError } from '../contract/errors.ts'
import type { RemoteMachine } from '../protocol/machines.ts'

type There = Pick<RemoteMachine, 'name' | 'ownerName'>

/**
 * The failure of a machine, told to whoever asked it: whose computer failed, and what this reader can do.
 *
 * Who the machine is comes from here, whatever the failure says of it.
 */
export function failureThere(error: KithError, { name, ownerName }: There): KithError {
  if (!hasPointOfView(error.code)) return error
  const said = Object.entries(error.details).filter(([key]) => key !== 'member' && key !== 'asker')
  const details = { ...Object.fromEntries(said), machine: name }
  return kithError(error.code, ownerName === undefined ? details : { ...details, member: ownerName })
}

/** The same for what a gateway elsewhere passes on: it has said whose computer failed, if that was not its own. */
export function failureThrough(error: KithError, gateway: There): KithError {
  const isTold = 'machine' in error.details || 'member' in error.details
  return isTold ? error : failureThere(error, gateway)
}
