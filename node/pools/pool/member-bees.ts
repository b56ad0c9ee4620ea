import { verifyDeviceStatement } from '../../accounts/records/device-statement.ts'
import type { Log } from '../../base/log.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import type { DeviceRecord } from './records.ts'
import { fromHex } from '../../crypto/encoding.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import type { DeviceBees } from './device-bees.ts'
import type { KeyRing } from './key-ring.ts'
import type { Directory } from './membership.ts'
import type { PoolCores } from './pool-cores.ts'
import { PoolQueue } from './pool-queue.ts'
import { memberKeys, signedTextSchema, type ReadKeys } from './records.ts'
import { signedFromText } from './signed-text.ts'

export interface MemberBeesOptions {
  readonly poolId: PoolId
  readonly self: DeviceId
  readonly cores: PoolCores
  /** Where opened bees are announced. */
  readonly bees: DeviceBees
  /** A device list read from a member bee, so that unlinking works while the manager is away. */
  readonly onDeviceList: (signed: SignedBytes) => Promise<void>
  /** Another device's member bee was opened or has grown. */
  readonly onMember: (device: { deviceId: DeviceId; accountId: AccountId; epoch: number }, member: Bee) => Promise<void>
  readonly log: Log
}

/** Opens the bees of a pool's other devices, as the directory names them. */
export class MemberBees {
  /** One queue per bee, so that waiting for the blocks of one device does not delay the others. */
  readonly #followed = new Map<string, PoolQueue>()

  constructor(private readonly options: MemberBeesOptions) {}

  /**
   * Opens the bees that devices name in the directory, where the ring has keys of their epoch.
   *
   * Bees of earlier epochs stay open beside the new ones.
   */
  async follow(directory: Directory, ring: KeyRing): Promise<void> {
    for (const device of directory.devices.values()) {
      if (device.deviceId === this.options.self || !device.statement) continue
      const signed = signedFromText(device.statement)
      const statement = signed ? verifyDeviceStatement(signed) : null
      if (statement?.device !== device.deviceId || statement.pool !== this.options.poolId) continue
      const keys = ring.of(statement.readEpoch)
      if (!keys) continue
      await this.#openMember(device, statement.memberCore, keys)
      // A guest has no usage core here and names its member core twice.
      if (keys.usageKey && statement.usageCore !== statement.memberCore) {
        await this.#openUsage(device, statement.usageCore, keys.usageKey, keys)
      }
    }
  }

  async #openUsage(device: DeviceRecord, core: string, usageKey: string, keys: ReadKeys): Promise<void> {
    const bee = await this.options.cores.openOthers({
      kind: 'usage',
      key: bytesOf(core),
      writer: { deviceId: device.deviceId, accountId: device.accountId },
      encryptionKey: bytesOf(usageKey),
      audience: 'members',
      epoch: keys.epoch,
    })
    if (bee) this.#announce('usage', device, keys, bee)
  }

  async #openMember(device: DeviceRecord, core: string, keys: ReadKeys): Promise<void> {
    const name = `${device.deviceId}/${core}`
    if (this.#followed.has(name)) return
    const queue = new PoolQueue(this.options.poolId, this.options.log)
    this.#followed.set(name, queue)
    const { deviceId, accountId } = device
    const member = await this.options.cores.openOthers({
      kind: 'member',
      key: bytesOf(core),
      writer: { deviceId, accountId },
      encryptionKey: bytesOf(keys.poolKey),
      audience: 'everyone',
      epoch: keys.epoch,
    })
    if (!member) return
    this.#announce('member', device, keys, member)
    const read = async (): Promise<void> => {
      const text = await member.get(memberKeys.deviceList, signedTextSchema)
      const signed = text ? signedFromText(text) : null
      if (signed) await this.options.onDeviceList(signed)
      await this.options.onMember({ deviceId, accountId, epoch: keys.epoch }, member)
    }
    member.onAppend(() => queue.inBackground(read))
    queue.inBackground(read)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followed.values()].map((queue) => queue.close()))
  }

  #announce(kind: 'member' | 'usage', device: DeviceRecord, keys: ReadKeys, bee: Bee): void {
    const { deviceId, accountId } = device
    this.options.bees.add({ kind, deviceId, accountId, epoch: keys.epoch, month: '', isOwn: false, bee })
  }
}

/** The bytes of a hexadecimal key that a schema has checked. */
export function bytesOf(hex: string): Uint8Array {
  const value = fromHex(hex)
  if (!value) throw new Error('A checked key is always hexadecimal')
  return value
}
