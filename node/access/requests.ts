import { kithError, type KithError } from '../contract/errors.ts'
import { refusalOfAccount, refusalOfStanding, type AccountState, type Standing } from './standing.ts'

/** The computer that is asked to run a request. */
export interface AskedMachine {
  readonly isSharing: boolean
  readonly name: string
}

/** A request that another device wants to have run. */
export interface RemoteRequest {
  /** How the device stands in the pool of the request; null where it is not in it. */
  readonly standing: Standing | null
  /** Set where it asks for another account than its own. */
  readonly consumer: {
    readonly isAskerGateway: boolean
    /** How that account stands; null for one that is not in the pool. */
    readonly state: AccountState | null
  } | null
}

/** Why a request of another device may not run on a machine now; null when it may. */
export function refusalOfRemote({ standing, consumer }: RemoteRequest, machine: AskedMachine): KithError | null {
  if (!standing) return kithError('not_admitted')
  const refusal = refusalOfStanding(standing)
  if (refusal) return refusal
  if (consumer) {
    // Whoever asks in another's name is counted there: only gateways of the pool may.
    if (!consumer.isAskerGateway) return kithError('gateway_role_needed')
    // A gateway that has not heard of a suspension, or makes up a member, asks for nobody.
    const refusalOfConsumer = refusalOfAccount(consumer.state, standing.poolName)
    if (refusalOfConsumer) return refusalOfConsumer
  }
  // Devices of the owner's account ask too: the switch is about the computer, not about trust.
  return refusalOfMachine(machine)
}

/** The same for a request of the gateway beside the processor, which may carry the key of somebody else. */
export function refusalOfLocal(isForOther: boolean, machine: AskedMachine): KithError | null {
  return isForOther ? refusalOfMachine(machine) : null
}

/** Why a gateway routes no request of another device; null when it does: other devices of its account may use it. */
export function refusalOfPrompt(caller: { isOwnAccount: boolean; isForOther: boolean }): KithError | null {
  if (!caller.isOwnAccount) return kithError('not_admitted')
  return caller.isForOther ? kithError('gateway_role_needed') : null
}

function refusalOfMachine({ isSharing, name }: AskedMachine): KithError | null {
  return isSharing ? null : kithError('sharing_off', { machine: name })
}
