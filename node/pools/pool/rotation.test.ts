import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Corestore from 'corestore'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { coreKeyPair, identityOf, type Identity } from '../../accounts/identity.ts'
import { accountIdOf, deviceIdOf } from '../../accounts/ids.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import { keyPairFromSeed } from '../../crypto/keys.ts'
import type { BeeKind } from '../../base/core-limits.ts'
import { Bee, type RecordChange } from '../../state/bee.ts'
import { openStore } from '../../state/open-store.ts'
import { DirectoryEdits } from './directory-edits.ts'
import { envelopeFor, Envelopes } from './envelopes.ts'
import { KeyRing } from './key-ring.ts'
import { bytesOf } from './member-bees.ts'
import { readDirectory, type Directory } from './membership.ts'
import { directoryKeys, envelopeKeys, type ReadKeys } from './records.ts'
import { isEpochOver, newReadKeys, startEpoch, type Rotation } from './rotation.ts'
import { valueOf } from '../testing/pool-peer.ts'

const poolId = 'aa'.repeat(32) as PoolId
const first = 100
const owner = identity(1)
const member = identity(2)
const removed = identity(3)

describe('a new epoch of read keys', () => {
  let directory: string
  let stores: Corestore[]
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kith-rotation-'))
    stores = []
  })
  afterEach(async () => {
    for (const store of stores) await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  /** Opens the manager's stores, as at a start. `failing` stands for a process that ends at that append. */
  async function open(failing: readonly BeeKind[] = []): Promise<Rotation> {
    for (const store of stores.splice(0)) await store.close()
    const store = valueOf(await openStore(join(directory, 'pool')))
    const local = valueOf(await openStore(join(directory, 'local')))
    stores.push(store, local)
    const bee = (kind: BeeKind, name: string, epoch: number, key: string | null): Promise<Bee> =>
      Bee.open(store, kind, { keyPair: coreKeyPair(owner.deviceSeed, poolId, name, epoch) }, key ? bytesOf(key) : null)
    const ring = new KeyRing(
      await Bee.open(local, 'local', { keyPair: keyPairFromSeed(Buffer.alloc(32, 8)) }, Buffer.alloc(32, 5)),
      poolId,
    )
    await ring.open()
    if (!ring.of(first)) await ring.add(newReadKeys(first))
    const keys = ring.of(first)
    if (!keys) throw new Error('Just made')
    const envelopes = await bee('envelopes', 'envelopes', 1, null)
    const from = await bee('directory', 'directory', 1, keys.poolKey)
    if (!(await readDirectory(from))) await found(from, envelopes, keys)
    const openDirectory = async (next: ReadKeys): Promise<Bee> => {
      const opened = await bee('directory', 'directory/1', next.epoch, next.poolKey)
      if (failing.includes('directory')) breakOff(opened)
      return opened
    }
    if (failing.includes('envelopes')) breakOff(envelopes)
    const read = await readDirectory(from)
    if (!read) throw new Error('It was founded')
    return { ring, envelopes: new Envelopes(envelopes, owner), bee: from, directory: read, openDirectory, nowMs: 0 }
  }

  it.each([[['directory'] as const], [['envelopes'] as const]])(
    'is gone on with after an end before the append to the %s',
    async (failing) => {
      const begun = await open(failing)
      await expect(startEpoch(begun, { current: first })).rejects.toThrow('The process ends')
      const keys = begun.ring.newest
      expect(keys?.epoch).toBe(first + 1)
      // Nobody is told before all is there.
      const again = await open()
      expect(await again.envelopes.current()).toEqual({ current: first })
      await new DirectoryEdits(again.bee).rename('Renamed in between')
      const directoryNow = await readDirectory(again.bee)
      await startEpoch({ ...again, directory: directoryNow ?? again.directory }, { current: first })
      expect(again.ring.newest).toEqual(keys)
      await check(await open(), keys)
    },
  )

  it('may be started twice with the same keys', async () => {
    const begun = await open()
    await startEpoch(begun, { current: first })
    const keys = begun.ring.newest
    await startEpoch(begun, { current: first })
    await check(await open(), keys)
  })

  it('is due while somebody holds keys who has no place, and no longer', async () => {
    const { directory: read, envelopes } = await open()
    expect(await isEpochOver(read, envelopes, first)).toBe(true)
    await envelopes.bee.remove(`${envelopeKeys.envelopes}00000100/${removed.deviceId}`)
    expect(await isEpochOver(read, envelopes, first)).toBe(false)
  })

  it('is due when a member who holds the usage key has become a guest', async () => {
    const { directory: read, envelopes } = await open()
    await envelopes.bee.remove(`${envelopeKeys.envelopes}00000100/${removed.deviceId}`)
    expect(await isEpochOver(withRole(read, member.accountId, 'guest'), envelopes, first)).toBe(true)
  })

  async function check(rotated: Rotation, keys: ReadKeys | null): Promise<void> {
    if (!keys) throw new Error('There are new keys')
    const { envelopes, openDirectory } = rotated
    const next = await openDirectory(keys)
    const current = await envelopes.current()
    expect(current).toEqual({ current: keys.epoch, directoryCore: Buffer.from(next.key).toString('hex') })
    const read = await readDirectory(next)
    expect([...(read?.members.keys() ?? [])].sort()).toEqual([owner.accountId, member.accountId].sort())
    const old = await rotated.bee.list('v1/', z.unknown())
    expect(await next.list('v1/', z.unknown())).toEqual(old)
    const holders = await envelopes.holdersOf(keys.epoch)
    expect(holders.map(({ deviceId }) => deviceId).sort()).toEqual([owner.deviceId, member.deviceId].sort())
    const ring = new KeyRing(await scratch(), poolId)
    await new Envelopes(envelopes.bee, member).refresh(ring)
    expect(ring.of(keys.epoch)).toEqual(keys)
  }

  async function scratch(): Promise<Bee> {
    const store = valueOf(await openStore(join(directory, 'scratch')))
    stores.push(store)
    return Bee.open(store, 'local', { keyPair: keyPairFromSeed(Buffer.alloc(32, 6)) }, Buffer.alloc(32, 6))
  }
})

/** A directory with an owner and a member, and envelopes for them and for somebody who was removed. */
async function found(directory: Bee, envelopes: Bee, keys: ReadKeys): Promise<void> {
  const people = [owner, member].flatMap((who, index) => [
    [
      directoryKeys.members + who.accountId,
      () => memberRecord(who.accountId, index === 0 ? 'owner' : 'member'),
    ] as const,
    [directoryKeys.devices + who.deviceId, () => deviceRecord(who.deviceId, who.accountId)] as const,
  ])
  const pool = { name: 'Friends', kind: 'shared', createdAtMs: 1, staleAfterDays: 14 }
  await directory.update([[directoryKeys.pool, () => pool], ...people])
  const sealed = [owner, member, removed].map(({ deviceId }) => envelopeFor(keys, deviceId, false))
  await envelopes.update([
    ...sealed.filter((envelope): envelope is RecordChange => envelope !== null),
    [envelopeKeys.epoch, () => ({ current: keys.epoch })],
  ])
}

function memberRecord(accountId: AccountId, role: string): object {
  return { accountId, username: 'somebody', role, state: 'active', joinedAtMs: 1, inviteId: null }
}

function deviceRecord(deviceId: DeviceId, accountId: AccountId): object {
  return { deviceId, accountId, serviceKey: 'cc'.repeat(32), statement: null }
}

function withRole(read: Directory, accountId: AccountId, role: 'guest'): Directory {
  const before = read.members.get(accountId)
  if (!before) throw new Error('A member of the test')
  return { ...read, members: new Map([...read.members, [accountId, { ...before, role }]]) }
}

/** From here on the bee takes no append, as if the process had ended. */
function breakOff(bee: Bee): void {
  Object.assign(bee, { update: () => Promise.reject(new Error('The process ends')) })
}

function identity(seed: number): Identity {
  const deviceSeed = Buffer.alloc(32, seed)
  const root = keyPairFromSeed(Buffer.alloc(32, seed + 100))
  const made = identityOf({ accountId: accountIdOf(root.publicKey), entropy: null, deviceSeed })
  return { ...made, deviceId: deviceIdOf(made.device.publicKey) }
}
