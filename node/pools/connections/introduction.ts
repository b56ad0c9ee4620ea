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
  /** Keeps the highest list of an account and answers it; null when this device is no longer in it. */
  readonly keepDeviceList: (list: DeviceList, signed: SignedBytes) => Promise<DeviceList>
  /** The newest list of an account that we know of. */
  readonly newestDeviceList: (accountId: AccountId) => SignedBytes | null
  /** The device at the other end is of this account: it has shown its list here, and is in it. */
  readonly onShown: (deviceId: DeviceId, accountId: AccountId) => void
}

export type Refusal = Pick<Refuse, 'code' | 'details'>

/**
 * Who two devices are to each other on one connection: each shows blindly which pools it is in, and where they
 * share one, its account's device list, its name, and how it came in.
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

  /** Who the other side has proved to be; null before it has. */
  get applicant(): Applicant | null {
    return this.#applicant
  }

  /** How the other side came into a pool; undefined where it has not claimed to be in it. */
  proofOf(poolId: PoolId): string | null | undefined {
    return this.#proofs.get(poolId)
  }

  /** Shows, blindly, which pools we are in. */
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

  /** Learns who the other side is. Answers the pools it has to be judged in. */
  async meet(hello: Hello): Promise<readonly Pool[]> {
    const { connection, keepDeviceList, newestDeviceList, onShown } = this.options
    const signed = signedFromText(hello.deviceList)
    const shown = signed ? verifyDeviceList(signed) : null
    const named = hello.memberships.flatMap(({ blind, proof }) => {
      const pool = this.blinds.poolOf(blind)
      return pool ? [{ pool, proof }] : []
    })
    // One account a connection, and only of somebody who knows a pool of ours: what is kept would grow for ever.
    const isOther = this.#applicant !== null && this.#applicant.accountId !== shown?.account
    if (!signed || !shown || named.length === 0 || isOther) return []
    const list = await keepDeviceList(shown, signed)
    const device = list.devices.find((listed) => listed.device === connection.deviceId)
    // It shows an old list: perhaps nobody has told it yet.
    const newest = list.number === shown.number ? null : newestDeviceList(list.account)
    if (newest) this.showDeviceList(newest)
    if (!device) {
      // Its account's newest list names it no more: it should hear so, and not wonder.
      for (const { pool } of named) this.refuse(pool, { code: 'device_unlinked', details: {} })
      return []
    }
    onShown(connection.deviceId, list.account)
    const { deviceId } = connection
    this.#applicant = { deviceId, accountId: list.account, username: hello.username, serviceKey: device.service }
    for (const { pool, proof } of named) this.#proofs.set(pool.poolId, proof)
    return named.map(({ pool }) => pool)
  }

  /** A device list that the other side may not have heard of; it checks the signature itself. */
  showDeviceList(list: SignedBytes): void {
    this.options.connection.send({ type: 'deviceList', deviceList: signedToText(list) })
  }

  /** Keeps lists of the account at the other end and of our own: others are none of this connection's business. */
  async keepDeviceList(text: string): Promise<void> {
    const signed = signedFromText(text)
    const list = signed ? verifyDeviceList(signed) : null
    if (!signed || !list) return
    if (list.account === this.options.accountId || list.account === this.#applicant?.accountId)
      await this.options.keepDeviceList(list, signed)
  }
}
