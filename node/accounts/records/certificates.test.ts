import { describe, expect, it } from 'vitest'
import { planIdSchema } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import { keyPairFromSeed, randomBytes } from '../../crypto/keys.ts'
import { signPurposes } from '../../crypto/purposes.ts'
import { packSigned, signRecord, unpackSigned, type SignedBytes } from '../../crypto/signed-record.ts'
import { createDeviceList, nextListNumber, replacesDeviceList, verifyDeviceList } from './device-list.ts'
import { createDeviceStatement, verifyDeviceStatement } from './device-statement.ts'
import { accountIdOf, deviceIdOf, poolIdOf } from '../ids.ts'
import { createInvite, verifyInvite } from './invite.ts'
import { createPoolEnding, verifyPoolEnding } from './pool-ending.ts'
import { createPoolHeader, verifyPoolHeader } from './pool-header.ts'
import { createSuccession, verifySuccession } from './succession.ts'

const root = keyPairFromSeed(randomBytes(32))
const device = keyPairFromSeed(randomBytes(32))
const poolKey = keyPairFromSeed(randomBytes(32))
const deviceId = deviceIdOf(device.publicKey)
const core = 'ab'.repeat(32)
const listed = { device: deviceId, service: core, name: null, addedAtMs: 5 }

const list = createDeviceList(root, { number: 3, devices: [listed] })
const header = createPoolHeader(poolKey, {
  pool: poolIdOf(poolKey.publicKey),
  generation: 0,
  name: 'Family',
  kind: 'shared',
  epoch: 1,
  directoryWriter: deviceId,
  directoryCore: core,
  envelopeCore: core,
})
const statement = createDeviceStatement(device, {
  pool: poolIdOf(poolKey.publicKey),
  readEpoch: 2,
  memberCore: core,
  usageCore: core,
  serviceKey: core,
  madeAtMs: 7,
})
const pool = poolIdOf(poolKey.publicKey)
const { certificate } = createInvite(poolKey, {
  pool,
  generation: 0,
  poolName: 'Family',
  inviter: 'ada',
  role: 'member',
  plan: planIdSchema.parse('standard'),
  usesAllowed: 1,
  createdAtMs: 1,
  lifetimeMs: 2,
  writerDevice: deviceId,
})
const next = keyPairFromSeed(randomBytes(32))
const succession = createSuccession(poolKey.secretKey, {
  pool,
  generation: 1,
  authority: toHex(next.publicKey),
  owner: accountIdOf(root.publicKey),
  manager: deviceId,
  formerOwner: accountIdOf(device.publicKey),
  atMs: 3,
})
const ending = createPoolEnding(poolKey.secretKey, {
  pool,
  generation: 0,
  poolName: 'Family',
  ownerName: 'ada',
  atMs: 4,
})

const records: [string, SignedBytes, (signed: SignedBytes) => unknown][] = [
  ['device list', list, verifyDeviceList],
  ['pool header', header, verifyPoolHeader],
  ['device statement', statement, verifyDeviceStatement],
  ['invite', certificate, verifyInvite],
  ['change of owner', succession, (signed) => verifySuccession(signed, poolKey.publicKey)],
  ['end of a pool', ending, (signed) => verifyPoolEnding(signed, poolKey.publicKey)],
]

describe.each(records)('a signed %s', (_name, signed, verify) => {
  it('is read by anybody, and survives being packed', () => {
    expect(verify(signed)).not.toBeNull()
    const unpacked = unpackSigned(packSigned(signed))
    expect(unpacked && verify(unpacked)).toEqual(verify(signed))
  })

  it('is refused with any byte changed or cut off, and nothing is thrown', () => {
    const packed = packSigned(signed)
    for (let at = 0; at < packed.byteLength; at++) {
      const changed = unpackSigned(packed.map((byte, index) => (index === at ? byte ^ 1 : byte)))
      expect(changed && verify(changed)).toBeNull()
      const cut = unpackSigned(packed.subarray(0, at))
      expect(cut && verify(cut)).toBeNull()
    }
  })

  it('is not taken for another kind of record', () => {
    const taken = records.filter(([, , verifyOther]) => verifyOther(signed) !== null)
    expect(taken).toHaveLength(1)
  })
})

describe('a device list', () => {
  it('names the account that signed it and its devices', () => {
    expect(verifyDeviceList(list)).toEqual({
      account: accountIdOf(root.publicKey),
      number: 3,
      devices: [listed],
      removed: [],
      floor: 0,
      restoredAtMs: null,
    })
  })

  it('is refused when its fields were signed by another key, for another purpose, or name a device twice', () => {
    const account = accountIdOf(root.publicKey)
    const rows = [[deviceId, core, null, 5]]
    expect(verifyDeviceList(signRecord(signPurposes.deviceList, [1, account, 9, rows], device.secretKey))).toBeNull()
    expect(verifyDeviceList(signRecord(signPurposes.invite, [1, account, 9, rows], root.secretKey))).toBeNull()
    expect(verifyDeviceList(signRecord(signPurposes.deviceList, [2, account, 9, rows], root.secretKey))).toBeNull()
    expect(verifyDeviceList(createDeviceList(root, { number: 9, devices: [listed, listed] }))).toBeNull()
  })

  it('is replaced by a higher number of the same account only', () => {
    const higher = createDeviceList(root, { number: 4, devices: [] })
    expect(replacesDeviceList(higher, list)).toBe(true)
    expect(replacesDeviceList(list, higher)).toBe(false)
    expect(replacesDeviceList(createDeviceList(device, { number: 9, devices: [] }), list)).toBe(false)
    expect(replacesDeviceList(list, list)).toBe(false)
  })

  it('has one winner among equal numbers, whoever compares them', () => {
    const rival = createDeviceList(root, { number: 3, devices: [] })
    expect(replacesDeviceList(rival, list)).toBe(!replacesDeviceList(list, rival))
  })

  it('counts up from the clock, so that a restore without memory still goes up', () => {
    expect(nextListNumber(0, 5_000_000)).toBe(5_000)
    expect(nextListNumber(9_000, 5_000_000)).toBe(9_001)
  })
})

describe('a header of a pool that was handed over', () => {
  const fields = { name: 'Family', kind: 'shared', epoch: 2, directoryWriter: deviceId } as const
  const later = createPoolHeader(next, { ...fields, pool, directoryCore: core, envelopeCore: core, generation: 1 })

  it('is read with the key of its generation alone', () => {
    expect(verifyPoolHeader(later, (generation) => (generation === 1 ? next.publicKey : null))?.generation).toBe(1)
    expect(verifyPoolHeader(later)).toBeNull()
    expect(verifyPoolHeader(later, () => poolKey.publicKey)).toBeNull()
  })
})
