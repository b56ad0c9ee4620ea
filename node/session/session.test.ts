import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccountStore } from '../accounts/account-store.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { forkChild } from '../base/fork-child.ts'
import { createLog } from '../base/log.ts'
import { fail, type Result } from '../contract/result.ts'
import { EngineHub } from '../engines/engine-hub.ts'
import { DhtNode } from '../net/dht-node.ts'
import { startLocalNetwork, type LocalNetwork } from '../net/local-network.ts'
import { Session } from './session.ts'
import type { RoleName } from '../base/roles.ts'
import type { SessionOptions } from './session-options.ts'

const log = createLog({ level: 'error' })
let directory: string
let network: LocalNetwork
let dht: DhtNode
let vault: Vault

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kith-session-'))
  network = await startLocalNetwork()
  dht = new DhtNode(network, log)
  await dht.start()
  const accounts = new AccountStore(join(directory, 'profile'))
  vault = valueOf(await accounts.signUp({ username: 'anna', password: 'a long enough password' })).vault
})
afterAll(async () => {
  await vault.lock()
  await dht.stop()
  await network.stop()
  await rm(directory, { recursive: true, force: true })
})

function options(roles: readonly RoleName[], changes: Partial<SessionOptions> = {}): SessionOptions {
  const modelsDir = join(directory, 'models')
  const none = (): void => undefined
  return {
    vault,
    dht,
    roles,
    log,
    hub: new EngineHub({ modelsDir, spawnChild: forkChild, llamaChildPath: '', serverUrls: [], log }),
    apiGuests: { hosts: [], origins: [] },
    call: () => Promise.reject(new Error('No program calls here')),
    checkToken: () => Promise.resolve(fail('session_invalid')),
    onChange: none,
    onKeys: none,
    onUsage: none,
    onApi: none,
    onChatEvent: none,
    onUnsaved: none,
    onNotice: none,
    onServing: none,
    onDoubt: none,
    onUnlinked: none,
    onAccount: none,
    ...changes,
  }
}

const allRoles = ['client', 'gateway', 'processor'] as const

describe('a session', () => {
  it('starts its parts in the order of their needs, and leaves nothing open that a second one could not open', async () => {
    for (const round of ['first', 'second']) {
      const session = valueOf(await Session.open(options(allRoles)))
      await session.start()
      expect(Object.keys(session.health()), round).toEqual([
        'session',
        'pools',
        'usage',
        'key-book',
        'service-clients',
        'limits',
        'swarm',
        'service-server',
        'linking-host',
        'account-notes',
      ])
      await session.close()
      expect(session.phase).toBe('stopped')
      expect(session.api.slice.state).toBe('off')
    }
  })

  it('opens nothing for a second session while the first has the stores', async () => {
    const session = valueOf(await Session.open(options(allRoles)))
    expect(await Session.open(options(allRoles))).toMatchObject({ ok: false })
    await session.close()
    await valueOf(await Session.open(options(allRoles))).close()
  })

  it('runs the services of its roles only', async () => {
    const session = valueOf(await Session.open(options(['processor'])))
    await session.start()
    // The local API belongs to the gateway.
    expect(session.api.slice.state).toBe('off')
    await session.setSharing(true)
    expect(session.processor.capabilities()).toMatchObject({ isSharing: true })
    await session.close()
  })

  it('tells of a pool that was made', async () => {
    let changes = 0
    const session = valueOf(await Session.open(options(allRoles, { onChange: () => (changes += 1) })))
    await session.start()
    const before = changes
    valueOf(await session.poolActions.create('My devices', 'devices'))
    expect(changes).toBeGreaterThan(before)
    expect([...session.pools.all()]).toHaveLength(1)
    await session.close()
  })
})
