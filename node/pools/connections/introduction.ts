import { verifyDeviceList, type DeviceList } from '../../accounts/records/device-list.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import { toBase64Url } from '../../crypto/encoding.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { PoolConnection } from '../../net/pool-connection.ts'
import { poolProtocolVersion, type Claims, type Hello, type Refuse } from '../../net/pool-messages.ts'
import type { Applicant } from './admission.ts'
import type { BlindedClaims } from './blinded-claims.ts'
import type { Pool } from '../pool/pool.ts'
import { signedFromText, signedToText } from '../pool/signed-text.ts'

export interface IntroductionOptions {
  readonly connection: PoolConnection
  readonly accountId: AccountId
  readonly username: string
  readonly pools: () => Iterable<Pool>
  readonly ownDeviceList: () => SignedBytes
  /** Keeps the newest list of an account and returns it. */
  readonly keepDeviceList: (list: DeviceList, signed: SignedBytes) => Promise<DeviceList>
  /** The newest known list of an account; null where none is known. */
  readonly newestDeviceList: (accountId: AccountId) => SignedBytes | null
  /** The device at the other end has shown the list of this account and is in it. */
  readonly onShown: (deviceId: DeviceId, accountId: AccountId) => void
}

export type Refusal = Pick<Refuse, 'code' | 'details'>

/**
 * Identifies two devices to each other on one connection: each sends blinded claims of its pools and, where they
 * share one, its account's device list, its username, and its invite proofs.
 */
export class Introduction {
  readonly #proofs = new Map<PoolId, string | null>()
  /** What the other side last claimed. */
  #claims: Claims | null = null
  #applicant: Applicant | null = null

  constructor(
    private readonly options: IntroductionOptions,
    private readonly blinds: BlindedClaims,
    private readonly refuse: (pool: Pool, refusal: Refusal) => void,
  ) {}

  /** The other side's proved identity; null before its hello. */
  get applicant(): Applicant | null {
    return this.#applicant
  }

  /** The other side's invite proof for a pool; null without one, undefined where it claims no membership. */
  proofOf(poolId: PoolId): string | null | undefined {
    return this.#proofs.get(poolId)
  }

  /** Sends blinded claims of the pools we are in. */
  claim(): void {
    const blinds = [...this.options.pools()].map((pool) => this.blinds.ours(pool))
    this.options.connection.send({ type: 'claims', version: poolProtocolVersion, blinds })
    // The other side may have claimed a pool before we were in it.
    if (this.#claims) this.receiveClaims(this.#claims)
  }

  receiveClaims(claims: Claims): void {
    this.#claims = claims
    if (claims.version !== poolProtocolVersion) {
      for (const pool of this.options.pools()) this.refuse(pool, { code: 'version_mismatch', details: {} })
      return
    }
    const shared = [...this.options.pools()].filter((pool) => claims.blinds.includes(this.blinds.theirs(pool)))
    if (shared.length === 0) return
    this.options.connection.send({
      type: 'hello',
      username: this.options.username,
      deviceList: signedToText(this.options.ownDeviceList()),
      memberships: shared.map((pool) => ({
        blind: this.blinds.ours(pool),
        proof: pool.membership.inviteProof ? toBase64Url(pool.membership.inviteProof) : null,
      })),
    })
  }

  /** Checks the other side's hello. Returns the pools it is to be judged in. */
  async meet(hello: Hello): Promise<readonly Pool[]> {
    const { connection, keepDeviceList, newestDeviceList, onShown } = this.options
    const signed = signedFromText(hello.deviceList)
    const shown = signed ? verifyDeviceList(signed) : null
    const named = hello.memberships.flatMap(({ blind, proof }) => {
      const pool = this.blinds.poolOf(blind)
      return pool ? [{ pool, proof }] : []
    })
    // One account per connection, and only from a peer that knows a pool of ours: kept lists would grow without bound.
    const isOther = this.#applicant !== null && this.#applicant.accountId !== shown?.account
    if (!signed || !shown || named.length === 0 || isOther) return []
    const list = await keepDeviceList(shown, signed)
    const device = list.devices.find((listed) => listed.device === connection.deviceId)
    // It shows an old list, and may not know the newer one.
    const newest = list.number === shown.number ? null : newestDeviceList(list.account)
    if (newest) this.showDeviceList(newest)
    if (!device) {
      // The newest list of its account no longer has it: tell it why it is refused.
      for (const { pool } of named) this.refuse(pool, { code: 'device_unlinked', details: {} })
      return []
    }
    onShown(connection.deviceId, list.account)
    const { deviceId } = connection
    this.#applicant = { deviceId, accountId: list.account, username: hello.username, serviceKey: device.service }
    for (const { pool, proof } of named) this.#proofs.set(pool.poolId, proof)
    return named.map(({ pool }) => pool)
  }

  /** Sends a device list that the other side may not know; it checks the signature itself. */
  showDeviceList(list: SignedBytes): void {
    this.options.connection.send({ type: 'deviceList', deviceList: signedToText(list) })
  }

  /** Keeps a list of the other side's account or our own; ignores any other. */
  async keepDeviceList(text: string): Promise<void> {
    const signed = signedFromText(text)
    const list = signed ? verifyDeviceList(signed) : null
    if (!signed || !list) return
    if (list.account === this.options.accountId || list.account === this.#applicant?.accountId)
      await this.options.keepDeviceList(list, signed)
  }
}
