import { createDeviceStatement } from '../../accounts/records/device-statement.ts'
import { coreKeyPair, type Identity } from '../../accounts/identity.ts'
import type { PoolId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import type { DeviceBees } from './device-bees.ts'
import type { KeyRing } from './key-ring.ts'
import { bytesOf } from './member-bees.ts'
import type { PoolCores } from './pool-cores.ts'
import { memberKeys, type Profile, type ReadKeys } from './records.ts'
import { signedToText } from './signed-text.ts'

export interface OwnBeesOptions {
  readonly poolId: PoolId
  readonly identity: Identity
  readonly profile: () => Profile
  readonly cores: PoolCores
  readonly bees: DeviceBees
  readonly ring: KeyRing
  readonly ownDeviceList: () => SignedBytes
  readonly nowMs: () => number
}

/** The bees this device writes in a pool: new ones in each epoch of read keys, with the current records moved over. */
export class OwnBees {
  #member: Bee | null = null
  #openedFor: ReadKeys | null = null
  #statement: SignedBytes | null = null

  constructor(private readonly options: OwnBeesOptions) {}

  /** The signed statement of which cores this device writes; null before it has read keys. */
  get statement(): SignedBytes | null {
    return this.#statement
  }

  /** Opens the bees of an epoch and moves the last one's records over. Does nothing for an earlier epoch. */
  async open(keys: ReadKeys): Promise<void> {
    const known = this.#openedFor
    if (known && (keys.epoch < known.epoch || (keys.epoch === known.epoch && keys.usageKey === known.usageKey))) return
    const { identity, poolId, cores, nowMs } = this.options
    const member = await this.#openMember(keys)
    if (member.isFresh) await this.#takeOver(keys, member)
    // Announced before anything is written: writes to the old bee already go to the new one.
    this.#announce('member', keys, member)
    // Guests have no usage key.
    const usage = keys.usageKey
      ? await cores.openOwn({
          kind: 'usage',
          keyPair: this.#keyPair('usage', keys),
          encryptionKey: bytesOf(keys.usageKey),
          audience: 'members',
          epoch: keys.epoch,
        })
      : null
    this.#member = member
    this.#openedFor = keys
    await this.showDeviceList()
    await this.showProfile()
    if (usage) this.#announce('usage', keys, usage)
    this.#statement = createDeviceStatement(identity.device, {
      pool: poolId,
      readEpoch: keys.epoch,
      memberCore: toHex(member.key),
      usageCore: toHex((usage ?? member).key),
      serviceKey: toHex(identity.service.publicKey),
      madeAtMs: nowMs(),
    })
  }

  /** Writes the account's newest device list into our member bee, which everyone in the pool reads. */
  async showDeviceList(): Promise<void> {
    const list = signedToText(this.options.ownDeviceList())
    await this.#member?.update([[memberKeys.deviceList, (stored) => (stored === list ? stored : list)]])
  }

  /** Writes what this device says of itself into our member bee, which everyone in the pool reads. */
  async showProfile(): Promise<void> {
    const profile = this.options.profile()
    const isSame = (stored: unknown): boolean => JSON.stringify(stored) === JSON.stringify(profile)
    await this.#member?.update([[memberKeys.profile, (stored) => (isSame(stored) ? stored : profile)]])
  }

  /** Moves the records of the latest earlier bee; writes to that one then go to the new one (see Bee.moveTo). */
  async #takeOver(keys: ReadKeys, member: Bee): Promise<void> {
    for (const earlier of this.options.ring.before(keys.epoch)) {
      const old = await this.#openMember(earlier)
      if (old.isFresh) continue
      return old.moveTo(member)
    }
  }

  #openMember(keys: ReadKeys): Promise<Bee> {
    return this.options.cores.openOwn({
      kind: 'member',
      keyPair: this.#keyPair('member', keys),
      encryptionKey: bytesOf(keys.poolKey),
      audience: 'everyone',
      epoch: keys.epoch,
    })
  }

  #keyPair(name: string, keys: ReadKeys): KeyPair {
    return coreKeyPair(this.options.identity.deviceSeed, this.options.poolId, name, keys.epoch)
  }

  #announce(kind: 'member' | 'usage', keys: ReadKeys, bee: Bee): void {
    const { deviceId, accountId } = this.options.identity
    this.options.bees.add({ kind, deviceId, accountId, epoch: keys.epoch, month: '', isOwn: true, bee })
  }
}
