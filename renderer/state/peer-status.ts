import { create } from 'zustand'
import type { CallOutput } from '../../node/contract/contract.ts'
import type { KithError } from '../../node/contract/errors.ts'
import { call } from '../bridge/kith.ts'

type HostStatus = CallOutput<'host.status'>

/** Where this window is between opening and holding the peer's whole state. */
interface PeerStatus {
  readonly phase: 'starting' | 'failed' | 'ready'
  readonly error: KithError | null
  readonly host: HostStatus | null
}

const askEveryMs = 400

export const usePeerStatus = create<PeerStatus>()(() => ({ phase: 'starting', error: null, host: null }))

function wait(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}

/** Asks the host until the peer runs or has failed. */
export async function waitForPeer(signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const status = await call('host.status', {})
    if (!status.ok) {
      usePeerStatus.setState({ phase: 'failed', error: status.error })
      return false
    }
    usePeerStatus.setState({ host: status.value })
    if (status.value.peer === 'running') return true
    if (status.value.peer === 'failed') {
      usePeerStatus.setState({ phase: 'failed', error: status.value.error })
      return false
    }
    await wait(askEveryMs, signal)
  }
  return false
}

export function peerIsReady(): void {
  usePeerStatus.setState({ phase: 'ready', error: null })
}

export function peerHasFailed(error: KithError): void {
  usePeerStatus.setState({ phase: 'failed', error })
}

export function peerIsStarting(): void {
  usePeerStatus.setState({ phase: 'starting', error: null })
}
