import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { AccountStore } from '../accounts/account-store.ts'
import { SessionTokens } from '../accounts/session-tokens.ts'
import { forkChild } from '../base/fork-child.ts'
import { createLog } from '../base/log.ts'
import { EngineHub } from '../engines/engine-hub.ts'
import { DhtNode } from '../net/dht-node.ts'
import { startLocalNetwork } from '../net/local-network.ts'
import { ServiceServer } from '../protocol/service/service-server.ts'
import { Events } from './events.ts'
import { FullDisk } from './full-disk.ts'
import { PeerWorker } from './peer-worker.ts'
import { SessionOpener } from './session-opener.ts'
import { SliceChanges } from './state/slice-changes.ts'
import { valueOf } from './testing/test-peer.ts'

const log = createLog({ level: 'silent' })
const cleanup: (() => Promise<unknown>)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const step of cleanup.splice(0).reverse()) await step()
})

it('leaves nothing open where a session cannot start, so that the next try opens it', async () => {
  const profileDir = await mkdtemp(join(tmpdir(), 'kith-opener-'))
  cleanup.push(() => rm(profileDir, { recursive: true, force: true }))
  const network = await startLocalNetwork()
  cleanup.push(() => network.stop())
  const dht = new DhtNode(network, log)
  await dht.start()
  cleanup.push(() => dht.stop())
  const modelsDir = join(profileDir, 'models')
  const hub = new EngineHub({ modelsDir, spawnChild: forkChild, llamaChildPath: '', serverUrls: [], log })
  const { vault } = valueOf(
    await new AccountStore(profileDir).signUp({ username: 'anna', password: 'a long enough password' }),
  )
  cleanup.push(() => vault.lock())
  const opener = new SessionOpener({
    worker: new PeerWorker(log, [], dht, hub),
    tokens: new SessionTokens(() => undefined),
    events: new Events(log),
    changes: new SliceChanges(),
    disk: new FullDisk({ profileDir, log, notify: () => undefined }),
    apiGuests: { hosts: [], origins: [] },
    call: () => Promise.reject(new Error('No program calls here')),
    log,
  })

  vi.spyOn(ServiceServer.prototype, 'start').mockRejectedValueOnce(new Error('no socket'))
  await expect(opener.open(vault, ['gateway'])).rejects.toThrow('no socket')
  const session = valueOf(await opener.open(vault, ['gateway']))
  cleanup.push(() => session.close())
  expect(session.phase).toBe('running')
})
