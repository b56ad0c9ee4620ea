import { refusalOfLocal, refusalOfRemote } from '../access/requests.ts'
import { standingIn, type AccountState, type Caller } from '../access/standing.ts'
import type { KithError } from '../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import type { PromptRequest } from '../protocol/messages/generation.ts'

/** What this computer knows when a request comes. */
export interface AdmissionFacts {
  readonly isSharing: () => boolean
  readonly machineName: () => string
  /** Whether an account is the one of this computer. */
  readonly isOwnAccount: (accountId: AccountId) => boolean
  /** Whether a device may send requests for other accounts in a pool. */
  readonly isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean
  /** How an account stands in a pool; null for one that is not in it. */
  readonly memberState: (poolId: PoolId, accountId: AccountId) => AccountState | null
}

/** Why a request may not run here now; null when it may. `caller` is null for the gateway of this computer. */
export function refusalOf(caller: Caller | null, request: PromptRequest, facts: AdmissionFacts): KithError | null {
  const machine = { isSharing: facts.isSharing(), name: facts.machineName() }
  if (!caller) return refusalOfLocal(isForOtherAccount(request, facts), machine)
  const { poolId, consumer } = request
  const isForOther = consumer !== undefined && consumer.accountId !== caller.accountId
  const ofConsumer = isForOther
    ? { isAskerGateway: facts.isGateway(poolId, caller.deviceId), state: facts.memberState(poolId, consumer.accountId) }
    : null
  return refusalOfRemote({ standing: standingIn(caller, poolId), consumer: ofConsumer }, machine)
}

/** Whether the gateway beside this processor asks with the key of somebody else. */
export function isForOtherAccount(
  { consumer }: PromptRequest,
  { isOwnAccount }: Pick<AdmissionFacts, 'isOwnAccount'>,
): boolean {
  return consumer !== undefined && !isOwnAccount(consumer.accountId)
}
