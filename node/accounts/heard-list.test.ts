import { describe, expect, it } from 'vitest'
import type { DeviceId } from '../contract/ids.ts'
import { randomBytes } from '../crypto/keys.ts'
import { signRecord, type SignedBytes } from '../crypto/signed-record.ts'
import { signPurposes } from '../crypto/purposes.ts'
import { withHeardList } from './heard-list.ts'
import { grantOf } from './linking-grant.ts'
import { linkedContents, restoredContents, rootContents } from './new-account.ts'
import {
  currentList,
  isListed,
  ownDevice,
  ownDeviceId,
  signedDeviceList,
  whyUnlinked,
  withDevices,
} from './own-devices.ts'
import { newEntropy, rootKeyPair } from './vault/recovery-phrase.ts'
import type { VaultContents } from './vault/vault-contents.ts'

const entropy = newEntropy()
const root = rootKeyPair(entropy)
const dayMs = 86_400_000
let nowMs = Date.UTC(2026, 10, 1)
const later = (): number => (nowMs += dayMs)

const desk = (): VaultContents =>
  rootContents(entropy, { deviceName: 'Desk', installMarker: 'a', nowMs: later() }, true)
const restored = (areOthersLost: boolean): VaultContents =>
  restoredContents(entropy, { deviceName: 'Third', installMarker: 'c', nowMs: later() }, areOthersLost)

/** A computer that was linked by one with the root key, and the contents of both. */
function link(by: VaultContents, name: string): [by: VaultContents, linked: VaultContents] {
  const seed = randomBytes(32)
  const atMs = later()
  const host = withDevices(by, root, [...by.devices, ownDevice(seed, name, atMs)], atMs)
  const linked = linkedContents(grantOf(host, 'sam'), { deviceSeed: seed, deviceName: name, installMarker: name }, null)
  return [host, linked]
}

function unlink(by: VaultContents, gone: VaultContents): VaultContents {
  const others = by.devices.filter(({ device }) => device !== ownDeviceId(gone))
  return withDevices(by, root, others, later())
}

function listOf(contents: VaultContents): SignedBytes {
  const signed = signedDeviceList(contents)
  if (!signed) throw new Error('no list')
  return signed
}

const hear = (contents: VaultContents, from: VaultContents): VaultContents =>
  withHeardList(contents, listOf(from), nowMs) ?? contents

const idsOf = (contents: VaultContents): readonly DeviceId[] =>
  contents.devices.map(({ device }) => device).toSorted((a, b) => (a < b ? -1 : 1))
const names = (...all: VaultContents[]): readonly DeviceId[] =>
  all.map(ownDeviceId).toSorted((a, b) => (a < b ? -1 : 1))

describe('a computer that was restored beside others', () => {
  it('takes in the devices of the older list, which take its list in turn', () => {
    const [host, laptop] = link(desk(), 'Laptop')
    const third = hear(restored(false), host)
    expect(idsOf(third)).toEqual(names(host, laptop, third))
    for (const other of [host, laptop]) {
      expect(idsOf(hear(other, third))).toEqual(idsOf(third))
      expect(isListed(hear(other, third))).toBe(true)
    }
  })

  it('unlinks nobody before it has heard of them, whatever it changes itself', () => {
    const [host, laptop] = link(desk(), 'Laptop')
    const [third, tablet] = link(restored(false), 'Tablet')
    expect(hear(host, third)).toBe(host)
    expect(hear(laptop, third)).toBe(laptop)
    expect(idsOf(hear(third, host))).toEqual(names(host, laptop, third, tablet))
  })

  it('does not bring back what was unlinked: not by the list of that device, once it hears the newer one', () => {
    const [before, stolen] = link(desk(), 'Stolen')
    const after = unlink(before, stolen)
    const misled = hear(restored(false), stolen)
    expect(idsOf(misled)).toContain(ownDeviceId(stolen))
    // Whoever has heard that it was unlinked is not misled: the list of both is older than that.
    expect(hear(after, misled)).toBe(after)
    const told = hear(misled, after)
    expect(idsOf(told)).toEqual(names(after, told))
    expect(idsOf(hear(after, told))).toEqual(idsOf(told))
    // The stolen one hears it too, and its own list is worth nothing any more.
    expect(isListed(hear(stolen, told))).toBe(false)
    expect(whyUnlinked(hear(stolen, told)).code).toBe('device_unlinked')
    expect(hear(told, stolen)).toBe(told)
  })

  it('stays unlinked once another has unlinked it', () => {
    const host = desk()
    const third = hear(restored(false), host)
    const without = unlink(hear(host, third), third)
    expect(isListed(hear(third, without))).toBe(false)
  })

  it('cannot stay where a later restore gave it as lost', () => {
    const third = hear(restored(false), desk())
    const alone = restored(true)
    const gone = hear(third, alone)
    expect(isListed(gone)).toBe(false)
    expect(whyUnlinked(gone)).toMatchObject({
      code: 'restored_elsewhere',
      details: { date: new Date(nowMs).toISOString().slice(0, 10) },
    })
    expect(isListed(hear(restoredBefore(alone), alone))).toBe(false)
  })

  /** One that was restored before, and met nobody. */
  function restoredBefore(alone: VaultContents): VaultContents {
    const atMs = (currentList(alone)?.restoredAtMs ?? 0) - dayMs
    return restoredContents(entropy, { deviceName: 'Early', installMarker: 'e', nowMs: atMs }, false)
  }
})

describe('two lists that were made apart', () => {
  it('are one after both have met: what each has linked is in, what either has unlinked is out', () => {
    const [first, old] = link(desk(), 'Old')
    const second = hear(restored(false), first)
    const [a, tablet] = link(hear(first, second), 'Tablet')
    const [linkedB, phone] = link(second, 'Phone')
    const b = unlink(linkedB, old)
    const both = hear(b, a)
    expect(idsOf(both)).toEqual(names(a, b, tablet, phone))
    expect(idsOf(hear(a, both))).toEqual(idsOf(both))
    // A linked computer that the other list does not know goes on, and waits for the list of both.
    expect(isListed(hear(tablet, both))).toBe(true)
    expect(isListed(hear(old, both))).toBe(false)
    // Nothing is signed anew once all have heard the same.
    expect(withHeardList(hear(a, both), listOf(both), nowMs)).toBeNull()
  })

  it('of two with the root key: a newer list that does not know a linked computer does not sign it out', () => {
    const first = desk()
    const second = hear(restored(false), first)
    const [withLaptop, laptop] = link(hear(first, second), 'Laptop')
    // The clock of the second is ahead, and it has not heard of the laptop.
    const newer = withDevices({ ...second, joinsOthers: false }, root, second.devices, later())
    expect(hear(laptop, newer)).toBe(laptop)
    expect(idsOf(hear(withLaptop, newer))).toEqual(names(first, second, laptop))
  })
})

it('reads a list of the first version, which said by absence who was unlinked', () => {
  const [host, laptop] = link(desk(), 'Laptop')
  const [own] = host.devices
  const row = [own?.device, own?.service, null, own?.addedAtMs]
  const record = [1, host.accountId, Math.floor(later() / 1000), [row]] as const
  const first = signRecord(signPurposes.deviceList, record, root.secretKey)
  const heard = withHeardList(laptop, first, nowMs)
  expect(heard && [isListed(heard), whyUnlinked(heard).code]).toEqual([false, 'device_unlinked'])
})
