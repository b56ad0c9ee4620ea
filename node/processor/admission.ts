import { kithError, type KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'
import type { Caller, Standing } from '../protocol/machines.ts'

export type MemberState = Exclude<Standing['state'], 'stale'>

/** Why a question from another device may not be answered here now; null when it may. */
export function remoteRefusal(
  caller: Caller,
  request: PromptRequest,
  here: {
    readonly isSharing: boolean
    readonly machine: string
    readonly isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean
    /** How an account stands in a pool; null for one that is not in it. */
    readonly memberState: (poolId: PoolId, accountId: AccountId) => MemberState | null
  },
): KithError | null {
  const standing = caller.standings.find(({ poolId }) => poolId === request.poolId)
  if (!standing) return kithError('not_admitted')
  const refusal = refusalOfMember(standing.state, standing.poolName)
  if (refusal) return refusal
  if (standing.state === 'stale') return kithError('directory_stale', { days: standing.silentDays ?? 0 })
  // Whoever asks in another's name is counted there: only gateways of the pool may.
  const isForOther = request.consumer !== undefined && request.consumer.accountId !== caller.accountId
  if (isForOther && !here.isGateway(request.poolId, caller.deviceId)) return kithError('gateway_role_needed')
  // A gateway that has not heard of a suspension, or makes up a member, asks for nobody.
  const other = request.consumer && isForOther ? here.memberState(request.poolId, request.consumer.accountId) : 'active'
  const refusalOfOther = other === null ? kithError('not_admitted') : refusalOfMember(other, standing.poolName)
  if (refusalOfOther) return refusalOfOther
  // Devices of the owner's account ask too: the switch is about the computer, not about trust.
  return here.isSharing ? null : kithError('sharing_off', { machine: here.machine })
}

function refusalOfMember(state: Standing['state'], pool: string): KithError | null {
  if (state === 'suspended') return kithError('member_suspended', { pool })
  return state === 'lapsed' ? kithError('provisional_lapsed') : null
}
