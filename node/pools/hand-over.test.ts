import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInvite } from '../accounts/records/invite.ts'
import { inviteLink } from '../accounts/records/invite-link.ts'
import { createPoolEnding } from '../accounts/records/pool-ending.ts'
import { createPoolHeader } from '../accounts/records/pool-header.ts'
import { createSuccession } from '../accounts/records/succession.ts'
import { keepServiceVault, openServiceVault } from '../accounts/vault/service-vault.ts'
import { noKeychain } from '../base/keychain.ts'
import type { PoolId } from '../contract/ids.ts'
import { defaultPlanId } from '../contract/pools.ts'
import { toHex } from '../crypto/encoding.ts'
import { keyPairFromSecretKey, keyPairFromSeed, randomBytes } from '../crypto/keys.ts'
import type { Pool } from './pool/pool.ts'
import { PoolBackups } from './pool-backups.ts'
import { PoolTerms } from './pool-terms.ts'
import { foundPoolOf, isWhole } from './testing/founded-pool.ts'
import { PoolBench } from './testing/pool-bench.ts'
import { valueOf, type PoolPeer } from './testing/pool-peer.ts'

const grant = { role: 'member' as const, usesAllowed: 1, lifetimeMs: 3_600_000 }

describe('handing a pool over', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  function poolOf(one: PoolPeer, poolId: PoolId): Pool {
    const pool = one.pools.get(poolId)
    if (!pool) throw new Error('Not in the pool')
    return pool
  }

  const handOver = async (owner: PoolPeer, poolId: PoolId, next: PoolPeer): Promise<string> => {
    const done = await owner.actions.perform(poolId, { do: 'handOver', accountId: next.vault.accountId })
    return done.ok ? 'done' : done.error.code
  }

  const roleAt = (one: PoolPeer, poolId: PoolId, of: PoolPeer): string | undefined =>
    poolOf(one, poolId).standing(of.vault.accountId)?.role

  /** Waits until an install follows the directory of the next owner. */
  const follows = (one: PoolPeer, poolId: PoolId, next: PoolPeer): Promise<void> =>
    one.until(() => {
      const { header, directory } = poolOf(one, poolId)
      const isWriter = header?.directoryWriter === next.vault.identity.deviceId
      return isWriter && directory?.members.get(next.vault.accountId)?.role === 'owner'
    }, 'the directory of the next owner')

  it('makes the member the owner for everybody, and the former one a member who can leave', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'founder', 'heir', 'witness')
    const [heir, witness] = others as [PoolPeer, PoolPeer]
    const epoch = poolOf(witness, poolId).readEpoch
    expect(await handOver(owner, poolId, heir)).toBe('done')
    // From this moment there is one owner, here too, whatever the directory still says.
    expect(roleAt(owner, poolId, owner)).toBe('member')
    expect(roleAt(owner, poolId, heir)).toBe('owner')
    for (const one of [owner, heir, witness]) {
      await follows(one, poolId, heir)
      await one.until(() => isWhole(one, poolId, 3), 'the statements of all')
      expect(roleAt(one, poolId, owner)).toBe('member')
    }
    expect(poolOf(witness, poolId).readEpoch).toBeGreaterThan(epoch)
    expect(poolOf(owner, poolId).author).toBeNull()
    expect(owner.vault.contents.memberships.find((kept) => kept.poolId === poolId)?.poolSecretKey).toBeNull()
    // Who counted hands its counts over.
    const terms = new PoolTerms(witness.pools)
    expect(terms.coordinatorsOf(poolId)).toEqual([heir.vault.identity.deviceId, owner.vault.identity.deviceId])

    valueOf(await heir.actions.perform(poolId, { do: 'rename', name: 'New hands' }))
    for (const one of [owner, witness]) await one.until(() => poolOf(one, poolId).name === 'New hands', 'the name')
    expect(await handOver(owner, poolId, witness)).toBe('pool_role_needed')
    const newcomer = await bench.peer('newcomer')
    valueOf(await newcomer.actions.join(valueOf(await heir.actions.createInvite(poolId, grant)).link))
    for (const one of [newcomer, witness]) await one.until(() => isWhole(one, poolId, 4), 'the newcomer')
    expect(roleAt(newcomer, poolId, heir)).toBe('owner')

    valueOf(await owner.actions.leave(poolId))
    expect(owner.pools.get(poolId)).toBeUndefined()
    await witness.until(() => isWhole(witness, poolId, 3), 'the former owner to be gone')
    await heir.restart()
    await heir.until(() => poolOf(heir, poolId).author !== null && heir.pools.list().length > 0, 'the restart')
    valueOf(await heir.actions.perform(poolId, { do: 'rename', name: 'After the restart' }))
    await witness.until(() => poolOf(witness, poolId).name === 'After the restart', 'the name')
  })

  it('is followed by a member that was away, told by another one alone', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'giver', 'taker', 'teller', 'sleeper')
    const [taker, teller, sleeper] = others as [PoolPeer, PoolPeer, PoolPeer]
    await sleeper.swarm.stop()
    expect(await handOver(owner, poolId, taker)).toBe('done')
    await follows(teller, poolId, taker)
    await teller.until(() => isWhole(teller, poolId, 4), 'the directory')
    await owner.swarm.stop()
    await taker.swarm.stop()
    expect(roleAt(sleeper, poolId, owner)).toBe('owner')
    await sleeper.restart()
    await follows(sleeper, poolId, taker)
    await sleeper.restart()
    await sleeper.until(() => roleAt(sleeper, poolId, taker) === 'owner', 'what was read before')
  })

  it('keeps invites from before, and goes on to a third owner and back', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'one', 'two')
    const two = others[0] as PoolPeer
    const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
    expect(await handOver(owner, poolId, two)).toBe('done')
    await follows(owner, poolId, two)
    const three = await bench.peer('three')
    valueOf(await three.actions.join(link))
    for (const one of [owner, two, three]) await one.until(() => isWhole(one, poolId, 3), 'the third')
    expect(await handOver(two, poolId, three)).toBe('done')
    for (const one of [owner, two, three]) {
      await follows(one, poolId, three)
      await one.until(() => isWhole(one, poolId, 3), 'the statements')
    }
    const ownerId = owner.vault.identity.deviceId
    const isThere = (): boolean => three.pools.connections.in(poolId).some((one) => one.deviceId === ownerId)
    await three.until(isThere, 'the first owner')
    expect(await handOver(three, poolId, owner)).toBe('done')
    for (const one of [owner, two, three]) await follows(one, poolId, owner)
    expect(poolOf(owner, poolId).authority.generation).toBe(3)
    valueOf(await owner.actions.perform(poolId, { do: 'dissolve' }))
    for (const one of [two, three])
      await one.until(() => poolOf(one, poolId).refusal?.code === 'pool_dissolved', 'the end')
  })

  it('takes nothing from a former owner who goes on signing', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'grudge', 'lawful', 'subject', 'crony')
    const [lawful, subject, crony] = others as [PoolPeer, PoolPeer, PoolPeer]
    const { membership, signedHeader, header } = poolOf(owner, poolId)
    const { poolSecretKey } = membership
    if (!poolSecretKey || !header || !signedHeader) throw new Error('The owner has them')
    const poolKey = keyPairFromSecretKey(poolSecretKey)
    expect(await handOver(owner, poolId, lawful)).toBe('done')
    for (const one of [lawful, subject, crony]) await follows(one, poolId, lawful)

    const rivalKey = keyPairFromSeed(randomBytes(32))
    const rival = createSuccession(poolKey.secretKey, {
      pool: poolId,
      generation: 1,
      authority: toHex(rivalKey.publicKey),
      owner: crony.vault.accountId,
      manager: crony.vault.identity.deviceId,
      formerOwner: owner.vault.accountId,
      atMs: 1,
    })
    const next = { ...header, epoch: header.epoch + 1_000_000, directoryWriter: owner.vault.identity.deviceId }
    const ending = { pool: poolId, poolName: 'Friends', ownerName: 'grudge', atMs: 1 }
    for (const one of [lawful, subject]) {
      const pool = poolOf(one, poolId)
      await pool.followHeader(createPoolHeader(poolKey, next))
      await pool.followHeader(createPoolHeader(rivalKey, { ...next, generation: 1 }))
      await pool.takeAuthority({
        successions: [],
        ending: createPoolEnding(poolKey.secretKey, { ...ending, generation: 0 }),
      })
      await pool.takeAuthority({
        successions: [],
        ending: createPoolEnding(poolKey.secretKey, { ...ending, generation: 1 }),
      })
      await pool.takeAuthority({
        successions: [rival],
        ending: createPoolEnding(rivalKey.secretKey, { ...ending, generation: 1 }),
      })
      expect(pool.header?.directoryWriter).toBe(lawful.vault.identity.deviceId)
      expect(pool.refusal).toBeNull()
      expect(roleAt(one, poolId, lawful)).toBe('owner')
    }
    const forged = createInvite(poolKey, {
      pool: poolId,
      generation: 0,
      poolName: 'Friends',
      inviter: 'grudge',
      role: 'member',
      plan: defaultPlanId,
      usesAllowed: 5,
      createdAtMs: Date.now(),
      lifetimeMs: 3_600_000,
      writerDevice: lawful.vault.identity.deviceId,
    })
    const stranger = await bench.peer('stranger')
    valueOf(await stranger.actions.join(inviteLink(forged)))
    await stranger.until(() => stranger.pools.get(poolId)?.refusal?.code === 'invite_forged', 'the refusal')
    expect(poolOf(subject, poolId).standing(stranger.vault.accountId)).toBeNull()
  })

  it('lets a newcomer be told no other owner than the one whose invite they hold', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'schemer', 'honest')
    const honest = others[0] as PoolPeer
    const { poolSecretKey } = poolOf(owner, poolId).membership
    expect(await handOver(owner, poolId, honest)).toBe('done')
    await follows(honest, poolId, honest)
    const { link } = valueOf(await honest.actions.createInvite(poolId, grant))
    const alone = await bench.peer('alone')
    await honest.swarm.stop()
    await owner.swarm.stop()
    valueOf(await alone.actions.join(link))
    const rival = createSuccession(poolSecretKey ?? new Uint8Array(64), {
      pool: poolId,
      generation: 1,
      authority: toHex(randomBytes(32)),
      owner: owner.vault.accountId,
      manager: owner.vault.identity.deviceId,
      formerOwner: owner.vault.accountId,
      atMs: 1,
    })
    await poolOf(alone, poolId).takeAuthority({ successions: [rival], ending: null })
    expect(poolOf(alone, poolId).authority.generation).toBe(0)
    await poolOf(alone, poolId).takeAuthority(poolOf(honest, poolId).authority.records)
    expect(poolOf(alone, poolId).authority.succession?.owner).toBe(honest.vault.accountId)
  })

  it('needs somebody who is fit for it and online', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'picky', 'visitor', 'offline')
    const [visitor, offline] = others as [PoolPeer, PoolPeer]
    const { accountId } = visitor.vault
    expect(await handOver(owner, poolId, owner)).toBe('member_unknown')
    expect(await handOver(owner, poolId, await bench.peer('nobody'))).toBe('member_unknown')
    expect(await handOver(visitor, poolId, visitor)).toBe('pool_role_needed')
    valueOf(await owner.actions.perform(poolId, { do: 'setMember', accountId, role: 'guest' }))
    expect(await handOver(owner, poolId, visitor)).toBe('successor_unfit')
    valueOf(await owner.actions.perform(poolId, { do: 'suspendMember', accountId }))
    expect(await handOver(owner, poolId, visitor)).toBe('successor_unfit')
    await offline.swarm.stop()
    await owner.until(() => owner.pools.list().length === 0, 'everybody to be gone')
    expect(await handOver(owner, poolId, offline)).toBe('successor_away')
    expect(roleAt(owner, poolId, owner)).toBe('owner')
    expect(poolOf(owner, poolId).author).not.toBeNull()
  })

  it('goes to one of two at once', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'hasty', 'left-hand', 'right-hand')
    const [left, right] = others as [PoolPeer, PoolPeer]
    const done = await Promise.all([handOver(owner, poolId, left), handOver(owner, poolId, right)])
    expect(done).toEqual(['done', 'pool_manager_away'])
    for (const one of [owner, left, right]) {
      await follows(one, poolId, left)
      expect([left, right].map((member) => roleAt(one, poolId, member))).toEqual(['owner', 'member'])
    }
  })

  it('leaves one owner where both are stopped half-way, and is finished by the next start', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'interrupted', 'resumed')
    const resumed = others[0] as PoolPeer
    const pool = poolOf(owner, poolId)
    const snapshot = await pool.exclusively(() => pool.snapshot())
    const { poolSecretKey } = pool.membership
    const [session] = owner.pools.connections.in(poolId)
    if (!snapshot || !poolSecretKey || !session) throw new Error('Everybody is here')
    const { headerEpoch, epoch, version } = snapshot
    const answer = valueOf(await session.ask(pool, { do: 'takeOver', headerEpoch, epoch, version }))
    if (!answer || !('authority' in answer)) throw new Error('It is ready')
    // The key lies in the vault, and not in what goes on sharing while nobody is signed in.
    expect(resumed.vault.contents.successors).toHaveLength(1)
    valueOf(await keepServiceVault(resumed.vault, noKeychain, Date.now()))
    const service = valueOf(await openServiceVault(resumed.vault.directory, noKeychain))
    expect(service?.vault.contents.successors).toBeUndefined()
    expect(service?.vault.keepsPoolKeys).toBe(false)
    // Ready is not given: the owner may have been stopped before it signed.
    for (const one of [owner, resumed]) {
      expect([owner, resumed].map((member) => roleAt(one, poolId, member))).toEqual(['owner', 'member'])
    }
    const succession = createSuccession(poolSecretKey, {
      pool: poolId,
      generation: 1,
      authority: answer.authority,
      owner: resumed.vault.accountId,
      manager: resumed.vault.identity.deviceId,
      formerOwner: owner.vault.accountId,
      atMs: Date.now(),
    })
    await resumed.swarm.stop()
    await owner.swarm.stop()
    await pool.takeAuthority({ successions: [succession], ending: null })
    await owner.restart()
    await owner.until(() => poolOf(owner, poolId).directory !== null, 'what was read before')
    expect([owner, resumed].map((member) => roleAt(owner, poolId, member))).toEqual(['member', 'owner'])
    expect(poolOf(owner, poolId).author).toBeNull()
    await resumed.restart()
    for (const one of [owner, resumed]) await follows(one, poolId, resumed)
    valueOf(await resumed.actions.perform(poolId, { do: 'rename', name: 'Went on' }))
    await owner.until(() => poolOf(owner, poolId).name === 'Went on', 'the name')
  })

  it('leaves the former owner’s backup without effect, and the next owner’s with it', async () => {
    const { poolId, owner, others } = await foundPoolOf(bench, 'saver', 'inheritor', 'bystander')
    const [inheritor, bystander] = others as [PoolPeer, PoolPeer]
    const options = { hearMs: 4_000, passwordCost: { operations: 1, memoryBytes: 8_192 }, nowMs: Date.now }
    const backups = ({ pools, vault }: PoolPeer): PoolBackups => new PoolBackups(pools, { ...options, vault })
    const password = 'a password of its own'
    const before = valueOf(await backups(owner).backUp(poolId, password)).text
    expect(await handOver(owner, poolId, inheritor)).toBe('done')
    for (const one of [owner, inheritor, bystander]) await follows(one, poolId, inheritor)
    expect(await backups(owner).restore(before, password)).toMatchObject({ error: { code: 'backup_outdated' } })
    expect(roleAt(owner, poolId, inheritor)).toBe('owner')

    const after = valueOf(await backups(inheritor).backUp(poolId, password)).text
    await inheritor.swarm.stop()
    await bystander.until(
      () => bystander.pools.list().every(({ deviceId }) => deviceId !== inheritor.vault.identity.deviceId),
      'the next owner to be gone',
    )
    const anew = await bench.peer('inheritor', { as: inheritor, isSibling: false })
    valueOf(await backups(anew).restore(after, password))
    await bystander.until(
      () => poolOf(bystander, poolId).header?.directoryWriter === anew.vault.identity.deviceId,
      'the restored manager',
    )
    expect(roleAt(bystander, poolId, inheritor)).toBe('owner')
  })
})
