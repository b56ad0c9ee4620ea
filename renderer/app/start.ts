import { text } from '../locales/i18n.ts'
import { call, listen } from '../bridge/kith.ts'
import { StateSync } from '../bridge/state-sync.ts'
import { followRemovals } from '../chat/forget-chat.ts'
import { followAnswers } from '../chat/transcript/follow-answers.ts'
import { notifyProblem } from '../state/notices.ts'
import { receiveInvites } from '../state/pending-invite.ts'
import { peerHasFailed, peerIsReady, peerIsStarting, waitForPeer } from '../state/peer-status.ts'
import { sliceSink } from '../state/slices.ts'
import { followAccount } from './follow-account.ts'
import { followPages } from './follow-pages.ts'

type Release = () => void

/** Waits for the peer, takes its state and keeps following it. Returns what lets go of everything. */
export async function startWindow(signal: AbortSignal): Promise<Release> {
  const releases: Release[] = []
  const release = (): void => {
    for (const one of releases.splice(0).reverse()) one()
  }
  document.documentElement.lang = text.language
  if (!(await waitForPeer(signal))) return release

  releases.push(followAnswers())
  releases.push(
    listen('notice', ({ error }) => {
      notifyProblem(error)
    }),
  )
  const following = await new StateSync({ call, listen }, sliceSink).start()
  if (!following.ok) {
    release()
    peerHasFailed(following.error)
    return release
  }
  releases.push(following.value, followAccount(), followPages(), followRemovals())
  releases.push(await receiveInvites())
  if (signal.aborted) release()
  else peerIsReady()
  return release
}

/** Asks the host to start the peer once more. */
export async function retryPeer(): Promise<boolean> {
  peerIsStarting()
  const result = await call('host.retryPeer', {})
  if (!result.ok) peerHasFailed(result.error)
  return result.ok
}
