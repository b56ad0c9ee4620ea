import { z } from 'zod'
import { coreKeyPair, type Identity } from '../../accounts/identity.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import { bytesOfText, fromHex, toHex } from '../../crypto/encoding.ts'
import { deriveSeed } from '../../crypto/hash.ts'
import type { Bee } from '../../state/bee.ts'
import type { DeviceBees } from './device-bees.ts'
import { epochName, type KeyRing } from './key-ring.ts'
import type { PoolCores } from './pool-cores.ts'
import { memberKeys, type ReadKeys } from './records.ts'

export interface UsageBeesOptions {
  readonly poolId: PoolId
  readonly identity: Identity
  readonly local: Bee
  readonly cores: PoolCores
  readonly bees: DeviceBees
  readonly ring: KeyRing
  /** The read keys this device writes under; null before it has any. */
  readonly keys: () => ReadKeys | null
  /** The member bee this device writes; null before it is open. */
  readonly member: () => Bee | null
}

const namePattern = /^(\d{4}-(?:0[1-9]|1[0-2]))\/(\d{8,})$/
const nameSchema = z.object({ core: z.string().regex(/^[0-9a-f]{64}$/) })
/** Bounds how many usage bees another device can make us open. */
const maxNamed = 400

/**
 * The usage bees of a pool: one per device, month and epoch, named in the device's member bee.
 *
 * Guests have no usage key. Their receipts lie in bees that are never replicated, under a key of their own.
 */
export class UsageBees {
  readonly #own = new Map<string, Promise<Bee>>()

  constructor(private readonly options: UsageBeesOptions) {}

  /** The bee this device writes for a month now; null before it has read keys. */
  async own(month: string): Promise<Bee | null> {
    const keys = this.options.keys()
    if (!keys || !this.options.member()) return null
    // A guest who becomes a member continues in another bee.
    const id = `${month}/${epochName(keys.epoch)}/${keys.usageKey === null ? 'guest' : 'member'}`
    const known = this.#own.get(id)
    if (known) return known
    const opening = this.#openOwn(month, keys)
    this.#own.set(id, opening)
    // After a failure the next receipt tries again.
    opening.catch(() => this.#own.delete(id))
    return opening
  }

  /** Opens this device's bees of earlier months and epochs, for reports and late signatures. */
  async openOwn(): Promise<void> {
    const named = await this.options.member()?.list(memberKeys.usageCores, nameSchema)
    const ofGuest = await this.options.local.list(this.#guestNames, nameSchema)
    for (const { key } of named ?? []) await this.#openNamed(key, false)
    for (const { key } of ofGuest) await this.#openNamed(key, true)
  }

  /** Opens the usage bees that another device names in its member bee; skips malformed names. */
  async follow(device: { deviceId: DeviceId; accountId: AccountId }, member: Bee): Promise<void> {
    for (const { key, value } of await newestNames(member)) {
      const [, month = '', epoch = ''] = namePattern.exec(key) ?? []
      const keys = this.options.ring.of(Number(epoch))
      const core = fromHex(value.core)
      const usageKey = keys?.usageKey ? fromHex(keys.usageKey) : null
      if (!month || !keys || !core || !usageKey) continue
      const bee = await this.options.cores.openOthers({
        kind: 'usage',
        key: core,
        writer: device,
        encryptionKey: usageKey,
        audience: 'members',
        epoch: keys.epoch,
      })
      if (bee) this.options.bees.add({ kind: 'usage', ...device, epoch: keys.epoch, month, isOwn: false, bee })
    }
  }

  /** Drops a month of ours: removes its names and clears its blocks from disk. */
  async drop(month: string): Promise<void> {
    const { bees } = this.options
    const dropped = bees.all.filter((one) => one.isOwn && one.kind === 'usage' && one.month === month)
    for (const id of [...this.#own.keys()]) if (id.startsWith(`${month}/`)) this.#own.delete(id)
    for (const one of dropped) {
      const { epoch, bee } = one
      const name = `${month}/${epochName(epoch)}`
      await this.options.member()?.update([[memberKeys.usageCores + name, (stored) => (stored ? undefined : stored)]])
      await this.options.local.update([[this.#guestNames + name, (stored) => (stored ? undefined : stored)]])
      bees.remove(bee)
      await bee.core.clear(0, bee.core.length)
    }
  }

  async #openNamed(name: string, isGuest: boolean): Promise<void> {
    const [, month = '', epoch = ''] = namePattern.exec(name) ?? []
    const keys = this.options.ring.of(Number(epoch))
    if (month && keys) await this.#openOwnBee(month, isGuest ? { ...keys, usageKey: null } : keys)
  }

  get #guestNames(): string {
    return `v1/guest-usage/${this.options.poolId}/`
  }

  async #openOwn(month: string, keys: ReadKeys): Promise<Bee> {
    const bee = await this.#openOwnBee(month, keys)
    const record = { core: toHex(bee.key) }
    const name = `${month}/${epochName(keys.epoch)}`
    if (keys.usageKey === null) await this.options.local.put(this.#guestNames + name, record)
    else await this.options.member()?.put(memberKeys.usageCores + name, record)
    return bee
  }

  async #openOwnBee(month: string, keys: ReadKeys): Promise<Bee> {
    const { identity, poolId, cores, bees } = this.options
    const usageKey = keys.usageKey === null ? null : fromHex(keys.usageKey)
    // Guests use another core name, because a core must never be written under two encryption keys.
    const name = usageKey ? `usage/${month}` : `guest-usage/${month}`
    const bee = await cores.openOwn({
      kind: 'usage',
      keyPair: coreKeyPair(identity.deviceSeed, poolId, name, keys.epoch),
      encryptionKey: usageKey ?? deriveSeed(identity.deviceSeed, 'kith/guest-usage-key/1', bytesOfText(poolId)),
      audience: usageKey ? 'members' : 'nobody',
      epoch: keys.epoch,
    })
    const { deviceId, accountId } = identity
    bees.add({ kind: 'usage', deviceId, accountId, epoch: keys.epoch, month, isOwn: true, bee })
    return bee
  }
}

/** Reads no more names than are followed, however many there are. */
async function newestNames(member: Bee): Promise<{ key: string; value: z.infer<typeof nameSchema> }[]> {
  const names: { key: string; value: z.infer<typeof nameSchema> }[] = []
  const prefix = memberKeys.usageCores
  for await (const { key, value } of member.newest({ gte: prefix, lt: `${prefix}\uffff` }, nameSchema)) {
    names.push({ key: key.slice(prefix.length), value })
    if (names.length === maxNamed) break
  }
  return names.reverse()
}
