import type { PeerHandlers } from '../../contract/api.ts'
import { accountCalls } from './account-calls.ts'
import { chatCalls } from './chat-calls.ts'
import type { CallContext } from './context.ts'
import { deviceCalls } from './device-calls.ts'
import { engineCalls } from './engine-calls.ts'
import { keyCalls } from './key-calls.ts'
import { poolAdminCalls } from './pool-admin-calls.ts'
import { poolCalls } from './pool-calls.ts'
import { sessionCalls } from './session-calls.ts'
import { settingsCalls } from './settings-calls.ts'
import { usageCalls } from './usage-calls.ts'

/** A handler for every call of the contract. */
export function allCalls(context: CallContext): PeerHandlers {
  return {
    ...accountCalls(context),
    ...deviceCalls(context),
    ...sessionCalls(context),
    ...poolCalls(context),
    ...poolAdminCalls(context),
    ...keyCalls(context),
    ...usageCalls(context),
    ...engineCalls(context),
    ...settingsCalls(context),
    ...chatCalls(context),
  }
}
