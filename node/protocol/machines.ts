import type { DeviceId, PoolId } from '../contract/ids.ts'
import type { Model } from '../contract/state.ts'

/** What one machine says it can do. Pushed whole, with a growing sequence number within one run. */
export interface Capabilities {
  /** New at each start, so that a ghost of an earlier run is recognised. */
  readonly runId: string
  readonly sequence: number
  readonly machineName: string
  readonly isSharing: boolean
  readonly models: readonly Model[]
  readonly slots: number
  readonly activeAnswers: number
  readonly waitingAnswers: number
}

/** Another machine that has admitted us, with what it last said of itself. */
export interface RemoteMachine {
  readonly deviceId: DeviceId
  /** The key its RPC server listens on, from its certificate. */
  readonly serviceKey: Uint8Array
  readonly name: string
  /** Who it belongs to; absent where it is of our own account. */
  readonly ownerName?: string
  readonly poolIds: readonly PoolId[]
  /** Null until it has said anything. */
  readonly capabilities: Capabilities | null
}

/** The machines connected now. */
export interface MachineDirectory {
  list(): readonly RemoteMachine[]
  /** Fires when the list or any capabilities change. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void
}
