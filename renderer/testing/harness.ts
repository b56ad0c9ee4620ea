import type { Bridge } from '../../node/contract/api.ts'
import { kithError } from '../../node/contract/errors.ts'
import { ok } from '../../node/contract/result.ts'
import { settingsSchema } from '../../node/contract/state.ts'
import { fakeIds } from './fake-peer/fake-ids.ts'
import { FakePeer } from './fake-peer/fake-peer.ts'
import { scenes, type SceneName } from './scenes.ts'
import { teachAccounts } from './fake-peer/teach-accounts.ts'
import { teachChat, type AnswerScript } from './fake-peer/teach-chat.ts'
import { teachKeys } from './fake-peer/teach-keys.ts'
import { teachDevices } from './fake-peer/teach-devices.ts'
import { teachPoolAdmin } from './fake-peer/teach-pool-admin.ts'
import { teachPools } from './fake-peer/teach-pools.ts'
import { teachUsage } from './fake-peer/teach-usage.ts'

/** What page tests reach for. */
export interface Harness {
  readonly peer: FakePeer
  readonly script: AnswerScript
  /** Makes the first chat this many messages long. */
  lengthen(messageCount: number): void
}

declare global {
  interface Window {
    harness?: Harness
  }
}

function isScene(name: string | null): name is SceneName {
  return name !== null && Object.hasOwn(scenes, name)
}

/** Puts a fake peer where the preload script would put the real one. The address names the scene. */
function install(): void {
  const query = new URLSearchParams(window.location.search)
  const named = query.get('scene')
  const { state, chats } = scenes[isScene(named) ? named : 'fresh'](Date.now())
  const theme = settingsSchema.shape.theme.catch('system').parse(query.get('theme'))
  const peer = new FakePeer({ ...state, settings: { ...state.settings, theme } })
  teachAccounts(peer)
  teachDevices(peer)
  teachPools(peer)
  teachPoolAdmin(peer)
  teachKeys(peer)
  teachUsage(peer)
  const script = teachChat(peer, chats)
  const status = query.get('peer')
  if (status === 'starting' || status === 'failed') {
    const error =
      status === 'failed' ? kithError('storage_failed', { reason: 'the folder cannot be written to' }) : null
    peer.on('host.status', () => ({
      ok: true,
      value: { runtime: 'Electron 33.2.1', keychain: 'available', peer: status, error },
    }))
  }
  peer.on('host.retryPeer', () => {
    peer.on('host.status', () => ({
      ok: true,
      value: { runtime: 'Electron 33.2.1', keychain: 'available', peer: 'running', error: null },
    }))
    return ok()
  })
  const bridge: Bridge = peer.bridge()
  Object.defineProperty(window, 'kith', { value: bridge })
  window.harness = {
    peer,
    script,
    lengthen(messageCount) {
      const [chatId, messages] = [...chats][0] ?? []
      if (chatId === undefined || messages === undefined) return
      const long = Array.from({ length: messageCount }, (_, place) => messages[place % 2])
      chats.set(
        chatId,
        long.flatMap((message) => (message === undefined ? [] : [{ ...message, messageId: fakeIds.message() }])),
      )
    },
  }
}

install()
await import('../main.tsx')
const { port1, port2 } = new MessageChannel()
window.harness?.peer.usePort(port1)
window.postMessage('kith:answers', window.location.origin, [port2])
