import type Corestore from 'corestore'
import type { Hypercore } from 'hypercore'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AccountStore } from '../../accounts/account-store.ts'
import { localCoreKeyPair, localStoreKey } from '../../accounts/identity.ts'
import type { Vault } from '../../accounts/vault/vault.ts'
import type { VaultContents } from '../../accounts/vault/vault-contents.ts'
import { Listeners } from '../../base/listeners.ts'
import { createLog } from '../../base/log.ts'
import type { Result } from '../../contract/result.ts'
import { DhtNode, type DhtOptions } from '../../net/dht-node.ts'
import { PoolSwarm } from '../../net/pool-swarm.ts'
import { CutOffs } from '../../protocol/cut-offs.ts'
import type { Bee } from '../../state/bee.ts'
import { openStore } from '../../state/open-store.ts'
import { openLocalStore } from '../../state/local-store.ts'
import { PoolActions } from '../pool-actions.ts'
import { Pools } from '../pools.ts'

const log = createLog({ level: 'silent' })

/** An account with its pools and swarm, on a given network: what admission tests need and no more. */
export interface PoolPeer {
  readonly vault: Vault
  readonly pools: Pools
  readonly actions: PoolActions
  readonly swarm: PoolSwarm
  readonly local: Bee
  readonly cutOffs: CutOffs
  nowMs: number
  /** Stops pools and swarm and starts them anew on what lies on disk, with a step in between. */
  restart(between?: () => Promise<void>): Promise<void>
  /** Opens a core by its key in a store of its own, as somebody would who had learnt the key. */
  openCore(key: Uint8Array): Promise<Hypercore>
  readonly opened: Hypercore[]
  /** Waits for something the pools show, at most twenty seconds: a connection that was lost is made anew after up to fifteen. */
  until(isSo: () => boolean, what: string): Promise<void>
  close(): Promise<void>
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

/** Another install of the account, as after its recovery phrase was typed there; with `sibling` both are its devices. */
export interface SameAccount {
  readonly as: PoolPeer
  readonly isSibling: boolean
}

export async function startPoolPeer(
  username: string,
  network: DhtOptions,
  same: SameAccount | null = null,
): Promise<PoolPeer> {
  const directory = await mkdtemp(join(tmpdir(), 'kith-pool-'))
  // Device lists are numbered by the second: who restores an account comes at least one after who made it.
  const now = (): number => Date.now() + (same ? 2_000 : 0)
  const accounts = new AccountStore(directory, { now, passwordCost: { operations: 1, memoryBytes: 8_192 } })
  const password = 'a long enough password'
  const recoveryPhrase = same?.as.vault.recoveryPhrase
  const vault = recoveryPhrase
    ? valueOf(await accounts.restore({ username, password, recoveryPhrase, areOthersLost: !same.isSibling }))
    : valueOf(await accounts.signUp({ username, password })).vault
  if (same?.isSibling) valueOf(await vault.update((contents) => withSibling(contents, same.as.vault.contents)))
  const { deviceSeed } = vault.identity
  const local = valueOf(
    await openLocalStore(
      {
        directory: join(vault.directory, 'local'),
        keyPair: localCoreKeyPair(deviceSeed, 'local'),
        encryptionKey: localStoreKey(vault.contents.localKey, 'local'),
      },
      null,
    ),
  )
  const dht = new DhtNode(network, log)
  await dht.start()
  const changes = new Listeners()
  const cutOffs = new CutOffs()
  const peer = { nowMs: Date.now() }
  const run = async (): Promise<{ pools: Pools; swarm: PoolSwarm; actions: PoolActions }> => {
    const pools: Pools = new Pools({
      vault,
      local: local.bee,
      log,
      nowMs: () => peer.nowMs,
      capabilities: () => null,
      isSharing: () => false,
      onDoubt: () => undefined,
      onUnlinked: () => undefined,
      onChange: () => changes.emit(),
      onPool: (topic, dial) => {
        swarm.join(topic)
        if (dial) swarm.dial(dial)
      },
      onLetIn: (device) => swarm.dialOnce(device),
      onPoolLeft: (topic) => swarm.leave(topic),
    })
    const swarm: PoolSwarm = new PoolSwarm({
      dht,
      deviceKeyPair: vault.identity.device,
      log,
      isKnown: (deviceId) => pools.whoIs(deviceId) !== null,
      cutOffs,
      onConnection: (connection) => pools.connections.add(connection),
    })
    const actions = new PoolActions(pools, { vault, local: local.bee, nowMs: () => peer.nowMs, log })
    await pools.start()
    await swarm.start()
    return { pools, swarm, actions }
  }
  let running = await run()
  let leaked: Promise<Corestore> | null = null
  const opened: Hypercore[] = []
  return {
    vault,
    local: local.bee,
    cutOffs,
    opened,
    get nowMs() {
      return peer.nowMs
    },
    set nowMs(value) {
      peer.nowMs = value
    },
    get pools() {
      return running.pools
    },
    get actions() {
      return running.actions
    },
    get swarm() {
      return running.swarm
    },
    async restart(between) {
      await running.swarm.stop()
      await running.pools.stop()
      await between?.()
      running = await run()
    },
    async openCore(key: Uint8Array) {
      leaked ??= openStore(join(directory, 'leaked')).then(valueOf)
      const core = (await leaked).get({ key })
      await core.ready()
      opened.push(core)
      return core
    },
    until(isSo: () => boolean, what: string) {
      return new Promise<void>((resolve, reject) => {
        const end = (): void => {
          unlisten()
          clearTimeout(timer)
        }
        const check = (): void => {
          if (!isSo()) return
          end()
          resolve()
        }
        const timer = setTimeout(() => {
          end()
          reject(new Error(`${username} waited in vain for ${what}`))
        }, 20_000)
        const unlisten = changes.add(check)
        check()
      })
    },
    async close() {
      await running.swarm.stop()
      await running.pools.stop()
      await (await leaked)?.close()
      await local.close()
      await dht.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Contents whose device list names another install of the account too, as linking would write it. */
function withSibling(contents: VaultContents, sibling: VaultContents): VaultContents {
  const devices = [...sibling.devices, ...contents.devices]
  const deviceListNumber = Math.max(contents.deviceListNumber, sibling.deviceListNumber) + 1
  return { ...contents, devices, deviceListNumber }
}
