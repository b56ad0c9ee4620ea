import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createDeviceStatement,
  verifyDeviceStatement,
  type DeviceStatement,
} from '../../accounts/records/device-statement.ts'
import { ownDevice, withDevices } from '../../accounts/own-devices.ts'
import { rootKeyPair } from '../../accounts/vault/recovery-phrase.ts'
import type { OwnDevice, VaultContents } from '../../accounts/vault/vault-contents.ts'
import type { PoolId } from '../../contract/ids.ts'
import { localKeys } from '../pool/records.ts'
import { signedFromText, signedToText } from '../pool/signed-text.ts'
import { PoolBench } from '../testing/pool-bench.ts'
import { valueOf, type PoolPeer } from '../testing/pool-peer.ts'

/**
 * Anybody may write any device key into a list of his own and sign it: only the device itself can say whose
 * it is, on a connection that proves its key.
 */
describe('somebody who lists a device of somebody else as his own', () => {
  let bench: PoolBench
  beforeAll(async () => {
    bench = await PoolBench.open()
  })
  afterAll(() => bench.close())

  const peer = (username: string): Promise<PoolPeer> => bench.peer(username)

  async function pool(owner: PoolPeer): Promise<{ poolId: PoolId; join: (guest: PoolPeer) => Promise<void> }> {
    const { poolId } = valueOf(await owner.actions.create('Friends', 'shared'))
    const join = async (guest: PoolPeer): Promise<void> => {
      const grant = { role: 'member', usesAllowed: 1, lifetimeMs: 86_400_000 } as const
      const { link } = valueOf(await owner.actions.createInvite(poolId, grant))
      valueOf(await guest.actions.join(link))
      await guest.until(
        () => guest.pools.get(poolId)?.directory?.members.has(guest.vault.accountId) ?? false,
        'a place',
      )
    }
    return { poolId, join }
  }

  it('does not come into a pool by listing the device of its manager', async () => {
    const owner = await peer('owner')
    const { poolId, join } = await pool(owner)
    const member = await peer('member')
    await join(member)
    const thief = await peer('thief')
    await claim(thief, owner)
    // Its number is all that is known of the pool: from an invite that has expired, say.
    const membership = { poolId, poolName: 'Friends', kind: 'shared', poolSecretKey: null, inviteProof: null } as const
    valueOf(await thief.pools.open({ ...membership, joinedAtMs: Date.now() }))
    thief.pools.connections.claim()
    await thief.until(() => judgedBy(thief, owner) && judgedBy(thief, member), 'both to have answered')
    // What was decided is written down by then.
    for (const { pools } of [owner, member]) await pools.get(poolId)?.exclusively(() => Promise.resolve())
    const { deviceId } = thief.vault.identity
    for (const { pools } of [owner, member]) {
      expect(pools.whoIs(deviceId)).toBeNull()
      expect(pools.get(poolId)?.directory?.devices.has(deviceId)).toBe(false)
      expect(pools.list().some((machine) => machine.deviceId === deviceId)).toBe(false)
    }
    expect(thief.pools.get(poolId)?.directory).toBeNull()
    expect(thief.pools.get(poolId)?.ring.newest).toBeNull()
  })

  it('neither takes that device from its account nor is taken for it', async () => {
    const owner = await peer('other-owner')
    const { poolId, join } = await pool(owner)
    const [victim, thief] = [await peer('victim'), await peer('jealous')]
    await join(victim)
    await join(thief)
    const { deviceId } = victim.vault.identity
    const meets = ({ pools }: PoolPeer, other: PoolPeer): boolean =>
      pools.list().some((machine) => machine.deviceId === other.vault.identity.deviceId)
    await owner.until(() => meets(owner, victim) && meets(owner, thief), 'both')
    const stored = (): Promise<string | null> => storedList(owner, thief)
    const before = await stored()
    // The lie arrives, and is kept as the newest list of the thief's account.
    await claim(thief, victim, owner)
    await expect.poll(stored, { timeout: 10_000 }).not.toBe(before)
    expect(owner.pools.whoIs(deviceId)?.accountId).toBe(victim.vault.accountId)
    expect(owner.pools.whoIs(owner.vault.identity.deviceId)?.accountId).toBe(owner.vault.accountId)
    // And the same after a start that read the lists from disk, before anybody has connected.
    await victim.swarm.stop()
    await owner.restart()
    await owner.until(() => owner.pools.get(poolId)?.directory !== null, 'the directory')
    expect(owner.pools.whoIs(deviceId)?.accountId).toBe(victim.vault.accountId)
  })

  it('is not written down as the writer of what another device writes', async () => {
    const owner = await peer('third-owner')
    const { poolId, join } = await pool(owner)
    const [victim, thief] = [await peer('writer'), await peer('copycat')]
    await join(victim)
    await join(thief)
    const statementOf = ({ vault }: PoolPeer): DeviceStatement | null => {
      const text = owner.pools.get(poolId)?.directory?.devices.get(vault.identity.deviceId)?.statement
      const signed = text ? signedFromText(text) : null
      return signed && verifyDeviceStatement(signed)
    }
    await owner.until(() => statementOf(victim) !== null && statementOf(thief) !== null, 'the cores of both')
    const [ofVictim, ofThief] = [statementOf(victim), statementOf(thief)]
    const held = owner.pools.get(poolId)
    if (!ofVictim || !ofThief || !held?.author) throw new Error('Both were written down by the manager')
    const claims = [{ memberCore: ofVictim.memberCore }, { usageCore: ofVictim.usageCore }]
    for (const claimed of claims) {
      const lie = createDeviceStatement(thief.vault.identity.device, { ...ofThief, ...claimed })
      await held.author.recordStatement(thief.vault.identity.deviceId, signedToText(lie))
    }
    await held.exclusively(() => held.refresh())
    expect(statementOf(thief)).toEqual(ofThief)
    expect(statementOf(victim)).toEqual(ofVictim)
  })
})

/** Puts the devices of others into the own list, above all their own lines. */
async function claim(thief: PoolPeer, ...others: PoolPeer[]): Promise<void> {
  const rows = others.map(({ vault }): OwnDevice => rowOf(vault.contents))
  valueOf(
    await thief.vault.update((contents) => {
      if (!contents.entropy) throw new Error('It made its account')
      return withDevices(contents, rootKeyPair(contents.entropy), [...rows, rowOf(contents)], Date.now())
    }),
  )
  await thief.pools.showDeviceList()
}

function rowOf({ deviceSeed, deviceName }: VaultContents): OwnDevice {
  return ownDevice(deviceSeed, deviceName, 1)
}

/** Whether an install has said what it thinks of us: it let us in, or sent us away. */
function judgedBy(asker: PoolPeer, judge: PoolPeer): boolean {
  const { deviceId } = judge.vault.identity
  const session = [...asker.pools.connections.all].find((one) => one.deviceId === deviceId)
  return session !== undefined && (session.openPools.length > 0 || session.applicant !== null)
}

async function storedList(keeper: PoolPeer, account: PoolPeer): Promise<string | null> {
  const stored = await keeper.local.list(localKeys.deviceLists, z.string())
  return stored.find(({ key }) => key === account.vault.accountId)?.value ?? null
}
