import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { maxCoreLength } from '../../base/core-limits.ts'
import { createDeviceList } from '../../accounts/records/device-list.ts'
import { deviceIdSchema, type AccountId, type PoolId } from '../../contract/ids.ts'
import type { Bee } from '../../state/bee.ts'
import { memberKeys } from './records.ts'
import { signedToText } from './signed-text.ts'
import { PoolBench } from '../testing/pool-bench.ts'
import { valueOf, type PoolPeer } from '../testing/pool-peer.ts'
import { readStolen } from '../testing/stolen-bee.ts'

const dayMs = 86_400_000
/** What the issue asks for: a new epoch on connected peers within this. */
const limitMs = 5_000

describe('epochs of the read keys', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  /** A pool of an owner and members who all see each other's member bees. */
  async function poolOf(...names: readonly string[]): Promise<{ poolId: PoolId; all: PoolPeer[] }> {
    const all = await Promise.all(names.map((name) => bench.peer(name)))
    const [owner, ...members] = all
    if (!owner) throw new Error('A pool has an owner')
    const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
    for (const member of members) {
      const grant = { role: 'member', usesAllowed: 1, lifetimeMs: dayMs } as const
      const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
      valueOf(await member.actions.join(link))
    }
    await Promise.all(all.map((peer) => until(() => sees(peer, poolId, all), 'the member bees of all')))
    return { poolId, all }
  }

  function remove(owner: PoolPeer, poolId: PoolId, accountId: AccountId): ReturnType<PoolPeer['actions']['perform']> {
    return owner.actions.perform(poolId, { do: 'removeMember', accountId })
  }

  it('begin anew within 5 s when a member is removed, and nothing current disappears meanwhile', async () => {
    const { poolId, all } = await poolOf('ann', 'ben', 'cleo')
    const [ann, ben, cleo] = three(all)
    const first = ann.pool(poolId).readEpoch
    await ben.own(poolId).put('v1/key/ours', { made: 'before' })
    let gaps = 0
    const stop = watch([ann.peer, ben.peer], () => {
      if (!ann.pool(poolId).directory?.members.has(ben.peer.vault.accountId)) gaps += 1
      if (!ben.pool(poolId).directory?.members.has(ann.peer.vault.accountId)) gaps += 1
    })
    const startedMs = performance.now()
    valueOf(await remove(ann.peer, poolId, cleo.peer.vault.accountId))
    await until(() => sees(ann.peer, poolId, [ben.peer], first + 1), 'the bee of the new epoch')
    await until(() => sees(ben.peer, poolId, [ann.peer], first + 1), 'the bee of the new epoch')
    const tookMs = performance.now() - startedMs
    stop()
    expect(tookMs).toBeLessThan(limitMs)
    expect(gaps).toBe(0)
    expect(ann.pool(poolId).readEpoch).toBeGreaterThan(first)
    expect(ben.pool(poolId).readEpoch).toBe(ann.pool(poolId).readEpoch)
    const seen = await recordOf(ann.peer, poolId, ben.peer, 'v1/key/ours')
    expect(seen).toEqual({ made: 'before' })
    await until(() => cleo.pool(poolId).refusal?.code === 'member_removed', 'the reason')
    expect(ben.peer.pools.whoIs(cleo.peer.vault.identity.deviceId)).toBeNull()
  })

  it('keep from a removed member every block written afterwards, and from his keys what it says', async () => {
    const { poolId, all } = await poolOf('dora', 'emil', 'fred')
    const [dora, emil, fred] = three(all)
    const first = dora.pool(poolId).readEpoch
    const oldKey = fred.pool(poolId).ring.of(first)?.poolKey ?? ''
    valueOf(await remove(dora.peer, poolId, fred.peer.vault.accountId))
    await until(() => sees(dora.peer, poolId, [emil.peer], first + 1), 'the bee of the new epoch')
    await emil.own(poolId).put('v1/key/secret', { made: 'afterwards' })
    await until(() => fred.pool(poolId).refusal !== null, 'the refusal')
    const fresh = dora.pool(poolId).shared.filter(({ epoch }) => epoch !== null && epoch > first)
    expect(fresh.length).toBeGreaterThanOrEqual(4)
    // He has learnt all keys of the new cores, stays on the topic, and asks whoever he is connected to.
    const learnt = await Promise.all(fresh.map(({ core }) => fred.peer.openCore(core.key)))
    await until(() => fred.peer.swarm.connections.size > 0, 'a connection')
    for (const connection of fred.peer.swarm.connections)
      for (const core of learnt) connection.attach(core, maxCoreLength.member)
    await Promise.all(learnt.map((core) => core.get(0, { timeout: 1_500 }).then(String, () => 'nothing came')))
    expect(learnt.map(({ length }) => length)).toEqual(learnt.map(() => 0))
    // Had he all blocks nevertheless, his keys would not open them.
    const newKey = dora.pool(poolId).ring.newest?.poolKey ?? ''
    const [directory] = fresh.filter(({ core }) => core.writable)
    const written = directory ? await readStolen(directory.core, 'directory', newKey) : null
    expect(written?.join('\n')).toContain('emil')
    for (const { core } of fresh) {
      const read = await readStolen(core, 'directory', oldKey)
      expect(read ?? []).toEqual([])
    }
  })

  it('begin anew when a device is unlinked, which hears why it is refused', async () => {
    const { poolId, all } = await poolOf('gina', 'hugo', 'ines')
    const [gina, hugo, ines] = three(all)
    const first = gina.pool(poolId).readEpoch
    const { identity, contents } = hugo.peer.vault
    if (!identity.root) throw new Error('The first device holds the root key')
    const other = { device: deviceIdSchema.parse('ab'.repeat(32)), service: 'cd'.repeat(32), name: null, addedAtMs: 1 }
    const list = createDeviceList(identity.root, {
      number: contents.deviceListNumber + 1,
      devices: [other],
      removed: [identity.deviceId],
    })
    const startedMs = performance.now()
    await hugo.own(poolId).put(memberKeys.deviceList, signedToText(list))
    await until(() => gina.pool(poolId).readEpoch > first, 'the new epoch')
    await until(() => sees(ines.peer, poolId, [gina.peer], first + 1), 'the new epoch')
    expect(performance.now() - startedMs).toBeLessThan(limitMs)
    const epoch = gina.pool(poolId).readEpoch
    expect(gina.pool(poolId).directory?.devices.has(identity.deviceId)).toBe(false)
    expect(gina.pool(poolId).directory?.members.has(identity.accountId)).toBe(true)
    expect(gina.pool(poolId).holdsKeys(identity.deviceId, epoch)).toBe(false)
    expect(ines.peer.pools.whoIs(identity.deviceId)).toBeNull()
    await until(() => hugo.pool(poolId).refusal?.code === 'device_unlinked', 'the reason')
  })

  it('reach a member who slept through two of them, with all that he had', async () => {
    const { poolId, all } = await poolOf('jack', 'kate', 'liam', 'mona')
    const [jack, kate, liam] = three(all)
    const mona = all[3]
    if (!mona) throw new Error('Four are in the pool')
    await kate.own(poolId).put('v1/key/kept', { made: 'long ago' })
    await kate.peer.restart(async () => {
      for (const gone of [liam.peer, mona]) {
        const before = jack.pool(poolId).readEpoch
        valueOf(await remove(jack.peer, poolId, gone.vault.accountId))
        await until(() => jack.pool(poolId).readEpoch > before, 'the new epoch')
      }
    })
    const newest = jack.pool(poolId).readEpoch
    await until(() => kate.pool(poolId).readEpoch === newest, 'the newest epoch')
    await until(() => sees(jack.peer, poolId, [kate.peer], newest), 'the bee of the sleeper')
    expect(await recordOf(jack.peer, poolId, kate.peer, 'v1/key/kept')).toEqual({ made: 'long ago' })
    await until(() => kate.pool(poolId).directory?.members.size === 2, 'the directory')
    expect(kate.pool(poolId).ring.before(newest)).toHaveLength(2)
  })

  it('are gone on with by a manager that was stopped after it had made the keys', async () => {
    const { poolId, all } = await poolOf('nora', 'otto', 'paul')
    const [nora, otto, paul] = three(all)
    const first = nora.pool(poolId).readEpoch
    const keys = { epoch: first + 7, poolKey: '11'.repeat(32), usageKey: '22'.repeat(32) }
    const { ring } = nora.pool(poolId)
    await nora.peer.restart(() => ring.add(keys))
    await until(() => nora.pool(poolId).readEpoch === keys.epoch, 'the epoch that was begun')
    await until(() => sees(otto.peer, poolId, [nora.peer, paul.peer], keys.epoch), 'all in the new epoch')
    expect(otto.pool(poolId).ring.of(keys.epoch)).toEqual(keys)
  })

  it('reach a suspended member when he is let in again, and not before', async () => {
    const { poolId, all } = await poolOf('abby', 'burt', 'cora')
    const [abby, burt, cora] = three(all)
    const first = abby.pool(poolId).readEpoch
    const { accountId } = burt.peer.vault
    const { deviceId } = burt.peer.vault.identity
    valueOf(await abby.peer.actions.perform(poolId, { do: 'suspendMember', accountId }))
    expect(abby.pool(poolId).readEpoch).toBe(first)
    valueOf(await remove(abby.peer, poolId, cora.peer.vault.accountId))
    const epoch = abby.pool(poolId).readEpoch
    expect(epoch).toBeGreaterThan(first)
    expect(abby.pool(poolId).holdsKeys(deviceId, epoch)).toBe(false)
    valueOf(await abby.peer.actions.perform(poolId, { do: 'resumeMember', accountId }))
    await until(() => sees(abby.peer, poolId, [burt.peer], epoch), 'the bee of the new epoch')
    await until(() => burt.pool(poolId).readEpoch === epoch, 'the new epoch')
  })

  it('take the usage key from a member who becomes a guest, and give it to a guest who becomes a member', async () => {
    const { poolId, all } = await poolOf('dina', 'eric', 'fay')
    const [dina, eric, fay] = three(all)
    const first = dina.pool(poolId).readEpoch
    const { accountId } = eric.peer.vault
    valueOf(await dina.peer.actions.perform(poolId, { do: 'setMember', accountId, role: 'guest' }))
    await until(() => eric.pool(poolId).readEpoch > first, 'the new epoch')
    const epoch = eric.pool(poolId).readEpoch
    expect(eric.pool(poolId).ring.of(epoch)?.usageKey).toBeNull()
    await until(() => fay.pool(poolId).ring.of(epoch) !== null, 'the new epoch')
    expect(fay.pool(poolId).ring.of(epoch)?.usageKey).toBe(dina.pool(poolId).ring.of(epoch)?.usageKey)
    valueOf(await dina.peer.actions.perform(poolId, { do: 'setMember', accountId, role: 'member' }))
    await until(() => eric.pool(poolId).ring.newest?.usageKey !== null, 'the usage key')
    expect(eric.pool(poolId).readEpoch).toBe(epoch)
  })

  it('never go back, whatever the envelopes say', async () => {
    const { poolId, all } = await poolOf('rosa', 'saul', 'tina')
    const [rosa, saul, tina] = three(all)
    const first = rosa.pool(poolId).readEpoch
    const firstCore = rosa.pool(poolId).header?.directoryCore
    valueOf(await remove(rosa.peer, poolId, tina.peer.vault.accountId))
    await until(() => sees(saul.peer, poolId, [rosa.peer], first + 1), 'the new epoch')
    const epochs = new Set<number>()
    const stop = watch([saul.peer], () => epochs.add(saul.pool(poolId).readEpoch))
    const envelopes = rosa.pool(poolId).author?.['envelopes']
    await envelopes?.put('v1/epoch', { current: first, directoryCore: firstCore })
    // The manager finds that its own keys are newer, and says so again.
    await rosa.pool(poolId).exclusively(() => rosa.pool(poolId).refresh())
    await rosa.peer.actions.perform(poolId, { do: 'rename', name: 'Still friends' })
    await until(() => saul.pool(poolId).name === 'Still friends', 'the directory of the new epoch')
    stop()
    expect([...epochs]).toEqual([rosa.pool(poolId).readEpoch])
    expect(saul.pool(poolId).directory?.members.has(tina.peer.vault.accountId)).toBe(false)
  })

  it('begin anew when a member leaves; others stop serving him at once and tell the manager who slept', async () => {
    const { poolId, all } = await poolOf('ulla', 'vera', 'wim')
    const [ulla, vera, wim] = three(all)
    const first = ulla.pool(poolId).readEpoch
    const { deviceId } = wim.peer.vault.identity
    await ulla.peer.restart(async () => {
      valueOf(await wim.peer.actions.leave(poolId))
      expect(wim.peer.pools.get(poolId)).toBeUndefined()
      expect(wim.peer.vault.contents.memberships).toHaveLength(0)
      expect(vera.peer.pools.whoIs(deviceId)).toBeNull()
    })
    await until(() => sees(vera.peer, poolId, [ulla.peer], first + 1), 'the new epoch')
    expect(ulla.pool(poolId).directory?.members.has(wim.peer.vault.accountId)).toBe(false)
    // He was not removed: another invite lets him in again.
    const grant = { role: 'member', usesAllowed: 1, lifetimeMs: dayMs } as const
    const { link } = valueOf(await ulla.peer.actions.createInvite(poolId, grant))
    valueOf(await wim.peer.actions.join(link))
    await until(() => wim.pool(poolId).directory?.members.size === 3, 'the way back')
  })

  it('leave the owner and the pool of own devices where they are', async () => {
    const { poolId, all } = await poolOf('xenia', 'yves')
    const [xenia] = all
    const own = valueOf((await xenia?.actions.create('Mine', 'devices')) ?? never())
    expect(await xenia?.actions.leave(poolId)).toMatchObject({ error: { code: 'pool_owner_stays' } })
    expect(await xenia?.actions.leave(own.poolId)).toMatchObject({ error: { code: 'pool_devices_stays' } })
    const removed = xenia && (await remove(xenia, poolId, xenia.vault.accountId))
    expect(removed).toMatchObject({ error: { code: 'pool_owner_stays' } })
  })
})

/** Blocks of bees arrive without a word from the pools. */
function until(isSo: () => boolean, what: string): Promise<void> {
  return vi.waitFor(() => expect(isSo(), what).toBe(true), { timeout: 10_000, interval: 20 })
}

function never(): never {
  throw new Error('This cannot happen')
}

interface Seat {
  readonly peer: PoolPeer
  pool(poolId: PoolId): NonNullable<ReturnType<PoolPeer['pools']['get']>>
  own(poolId: PoolId): Bee
}

function three(all: readonly PoolPeer[]): [Seat, Seat, Seat] {
  const [one, two, other] = all.map(seatOf)
  if (!one || !two || !other) throw new Error('Three are in the pool')
  return [one, two, other]
}

function seatOf(peer: PoolPeer): Seat {
  const pool: Seat['pool'] = (poolId) => {
    const found = peer.pools.get(poolId)
    if (!found) throw new Error('Not in the pool')
    return found
  }
  return {
    peer,
    pool,
    own: (poolId) => {
      const own = pool(poolId).bees.own('member')
      if (!own) throw new Error('No member bee yet')
      return own.bee
    },
  }
}

/** Whether a peer reads the member bees of others, written in an epoch or later, with their profiles. */
function sees(peer: PoolPeer, poolId: PoolId, others: readonly PoolPeer[], epoch = 0): boolean {
  const pool = peer.pools.get(poolId)
  return others.every(({ vault }) =>
    pool?.bees.all.some(
      (one) =>
        one.kind === 'member' && one.deviceId === vault.identity.deviceId && one.epoch >= epoch && one.bee.version > 3,
    ),
  )
}

async function recordOf(reader: PoolPeer, poolId: PoolId, writer: PoolPeer, key: string): Promise<unknown> {
  const { deviceId } = writer.vault.identity
  const bees = reader.pools.get(poolId)?.bees.all ?? []
  const latest = bees.findLast((one) => one.kind === 'member' && one.deviceId === deviceId)
  return latest?.bee.get(key, z.unknown())
}

function watch(watched: readonly PoolPeer[], look: () => void): () => void {
  const stops = watched.map((peer) => peer.pools.onChange(look))
  return () => {
    for (const stop of stops) stop()
  }
}
