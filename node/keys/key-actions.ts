import { refusalOfKeyChange } from '../access/keys.ts'
import { Serial } from '../base/serial.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { ApiKey, KeyChoice } from '../contract/keys.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { toHex } from '../crypto/encoding.ts'
import { randomBytes } from '../crypto/keys.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import type { KeyBook } from './key-book.ts'
import { maxKnownKeys } from './key-index.ts'
import { sealLabel, type KeyLabel } from './key-label.ts'
import type { KeyPool, KeyPools } from './key-pools.ts'
import { keyPrefix, keyRecordSchema, type KeyRecord } from './key-record.ts'
import { secretHashText } from './key-secret.ts'
import { newSecret, plainKeyOf, tailOf, type KeyNames } from './key-text.ts'
import type { KeyUse, OwnKey } from './own-keys.ts'

/** For one account in one pool; revoked keys are not counted. */
const maxKeys = 1_000

/** Absent or undefined fields stay as they are. */
export type KeyChange = { readonly [C in keyof KeyChoice]?: KeyChoice[C] | undefined }

export interface KeyActionsOptions {
  readonly book: KeyBook
  readonly pools: KeyPools
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  readonly labelKey: Uint8Array
  readonly nowMs: () => number
}

/**
 * Creates and changes the keys of the account. Each change writes a whole record with the next revision to
 * this device's own bee, so it needs no other device.
 */
export class KeyActions {
  readonly #serial = new Serial()

  constructor(private readonly options: KeyActionsOptions) {}

  create(poolId: PoolId, choice: KeyChoice, use: KeyUse): Promise<Result<{ key: ApiKey; plainKey: string }>> {
    return this.#serial.run(async () => {
      const { book, accountId, deviceId, nowMs } = this.options
      const bee = this.#writable(poolId)
      if (!bee.ok) return bee
      const count = book.own.count(poolId)
      if (count.standing >= maxKeys || count.all >= maxKnownKeys) return fail('keys_too_many', { limit: maxKeys })
      const names: KeyNames = { poolId, accountId, keyId: toHex(randomBytes(8)) as KeyId }
      const secret = newSecret()
      const plainKey = plainKeyOf(names, secret)
      const { name, ...chosen } = choice
      await this.#write(bee.value, names.keyId, {
        ...chosen,
        revision: 1,
        secretHash: secretHashText(names, secret),
        previous: null,
        label: this.#seal(names.keyId, { name, tail: tailOf(plainKey) }),
        homeDeviceId: deviceId,
        createdAtMs: nowMs(),
        state: 'enabled',
      })
      const made = book.own.get(names.keyId)
      if (!made) throw new Error('A key that was written is in the index')
      return ok({ key: book.own.view(made, use, nowMs()), plainKey })
    })
  }

  update(keyId: KeyId, change: KeyChange): Promise<Result<void>> {
    return this.#change(keyId, ({ record, tail }) => {
      const { name, ...chosen } = change
      const label = name === undefined ? record.label : this.#seal(keyId, { name, tail })
      // A field may be present but undefined; spreading it would erase the value.
      const given = Object.fromEntries(Object.entries<unknown>(chosen).filter(([, value]) => value !== undefined))
      return { ...record, ...given, label }
    })
  }

  setEnabled(keyId: KeyId, isEnabled: boolean): Promise<Result<void>> {
    return this.#change(keyId, ({ record }) => ({ ...record, state: isEnabled ? 'enabled' : 'disabled' }))
  }

  /** Gives the key a new secret; the old one works for the overlap. */
  async rotate(keyId: KeyId, overlapMs: number): Promise<Result<{ plainKey: string }>> {
    let plainKey = ''
    const changed = await this.#change(keyId, ({ record, poolId, name }) => {
      const names = { poolId, accountId: this.options.accountId, keyId }
      const secret = newSecret()
      plainKey = plainKeyOf(names, secret)
      return {
        ...record,
        secretHash: secretHashText(names, secret),
        previous: { secretHash: record.secretHash, untilMs: this.options.nowMs() + overlapMs },
        label: this.#seal(keyId, { name, tail: tailOf(plainKey) }),
      }
    })
    return changed.ok ? ok({ plainKey }) : changed
  }

  revoke(keyId: KeyId): Promise<Result<void>> {
    return this.#change(keyId, ({ record }) => ({ ...record, state: 'revoked' }))
  }

  /** Makes this device the home of the key: the one that counts its limits. */
  takeHome(keyId: KeyId): Promise<Result<void>> {
    const { deviceId: homeDeviceId } = this.options
    return this.#change(keyId, ({ record }) => {
      if (record.homeDeviceId === homeDeviceId) return record
      const movedFrom = { deviceId: record.homeDeviceId, times: (record.movedFrom?.times ?? 0) + 1 }
      return { ...record, homeDeviceId, movedFrom }
    })
  }

  #change(keyId: KeyId, change: (key: OwnKey) => KeyRecord): Promise<Result<void>> {
    return this.#serial.run(async () => {
      const key = this.options.book.own.get(keyId)
      if (!key) return fail('key_unknown')
      const refusal = refusalOfKeyChange(key.record.state)
      if (refusal) return { ok: false, error: refusal }
      const bee = this.#writable(key.poolId)
      if (!bee.ok) return bee
      await this.#write(bee.value, keyId, { ...change(key), revision: key.record.revision + 1 })
      return ok()
    })
  }

  async #write({ pool, own }: Writable, keyId: KeyId, record: KeyRecord): Promise<void> {
    await own.bee.put(keyPrefix + keyId, keyRecordSchema.parse(record))
    await this.options.book.readOwn(pool)
  }

  /** `not_admitted` where the pool has not let this device in yet. */
  #writable(poolId: PoolId): Result<Writable> {
    const pool = [...this.options.pools.all()].find((one) => one.poolId === poolId)
    if (!pool) return fail('pool_unknown')
    if (pool.ending) return { ok: false, error: pool.ending }
    const own = pool.bees.own('member')
    return own ? ok({ pool, own }) : fail('not_admitted')
  }

  #seal(keyId: KeyId, label: KeyLabel): string {
    return sealLabel(this.options.labelKey, keyId, label)
  }
}

interface Writable {
  readonly pool: KeyPool
  readonly own: DeviceBee
}
