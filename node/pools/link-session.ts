import { verifyDeviceList, type DeviceList } from '../accounts/device-list.ts'
import { keyOf } from '../accounts/ids.ts'
import { Serial } from '../base/serial.ts'
import type { Log } from '../base/log.ts'
import { kithError } from '../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import { toHex } from '../crypto/encoding.ts'
import { hash } from '../crypto/hash.ts'
import type { SignedBytes } from '../crypto/signed-record.ts'
import type { Ask, ManagerAction } from '../net/manager-messages.ts'
import type { PoolLink } from '../net/pool-link.ts'
import {
  poolProtocolVersion,
  type Admit,
  type Claims,
  type Hello,
  type PoolMessage,
  type Refuse,
} from '../net/pool-messages.ts'
import type { Capabilities } from '../protocol/machines.ts'
import { judge, type Applicant } from './admission.ts'
import { LinkNews } from './link-news.ts'
import { LinkPapers } from './link-papers.ts'
import { ManagerLine, type Managed } from './manager-line.ts'
import type { Pool } from './pool.ts'
import { signedFromText, signedToText } from './signed-text.ts'
import { toBase64Url } from '../crypto/encoding.ts'

/** A device that shows no pool of ours is sent away after this long. */
const strangerDeadlineMs = 10_000

export interface LinkSessionOptions {
  readonly link: PoolLink
  readonly selfDeviceId: DeviceId
  readonly accountId: AccountId
  readonly username: string
  readonly pools: () => Iterable<Pool>
  readonly ownDeviceList: () => SignedBytes
  /** Keeps the highest list of an account and answers it; null when this device is no longer in it. */
  readonly keepDeviceList: (list: DeviceList, signed: SignedBytes) => Promise<DeviceList>
  /** The device at the other end is of this account: it has shown its list here, and is in it. */
  readonly onShown: (deviceId: DeviceId, accountId: AccountId) => void
  /** The newest list of an account that we know of. */
  readonly newestDeviceList: (accountId: AccountId) => SignedBytes | null
  readonly capabilities: () => Capabilities | null
  readonly onChange: () => void
  /** Another device of a pool asks this one, its manager, to do something. */
  readonly onAsk: (pool: Pool, accountId: AccountId, action: ManagerAction) => Promise<Managed>
  readonly nowMs: () => number
  readonly log: Log
}

/**
 * What two devices have agreed on one connection: who the other is, which pools both are in, and
 * which of them are open. A core replicates only once both sides have admitted each other to its pool.
 */
export class LinkSession {
  readonly #serial = new Serial()
  readonly #openedByUs = new Set<PoolId>()
  readonly #openedByThem = new Set<PoolId>()
  readonly #news: LinkNews
  readonly #stranger: NodeJS.Timeout
  readonly #manager: ManagerLine
  readonly #papers: LinkPapers
  #applicant: Applicant | null = null
  /** What the other side last claimed. */
  #claims: Claims | null = null
  #proofs = new Map<PoolId, string | null>()
  /** Set when it was refused for a reason its owner should read: then the link is kept. */
  #isHeld = false
  capabilities: Capabilities | null = null

  constructor(private readonly options: LinkSessionOptions) {
    const { link } = options
    this.#manager = new ManagerLine((message) => link.send(message))
    this.#news = new LinkNews(
      (message) => link.send(message),
      ({ poolId }) => this.#blind(poolId, options.selfDeviceId),
    )
    this.#papers = new LinkPapers({
      deviceId: link.deviceId,
      isLetIn: ({ poolId }) => this.#openedByUs.has(poolId),
      hasLetUsIn: ({ poolId }) => this.#openedByThem.has(poolId),
      onLeaveTaken: ({ poolId }) => link.send({ type: 'left', blind: this.#blind(poolId, options.selfDeviceId) }),
    })
    link.listen({
      onMessage: (message) => this.#queue(() => this.#handle(message)),
      onClose: () => this.#closed(),
    })
    this.#stranger = setTimeout(() => this.#sendStrangerAway(), strangerDeadlineMs)
    this.claim()
  }

  get deviceId(): DeviceId {
    return this.options.link.deviceId
  }
  /** Who the other side has proved to be; null before it has. */
  get applicant(): Applicant | null {
    return this.#applicant
  }
  /** Pools in which both sides admitted each other. */
  get openPools(): PoolId[] {
    return [...this.#openedByUs].filter((poolId) => this.#openedByThem.has(poolId))
  }

  /** Shows, blindly, which pools we are in; again whenever we join one. */
  claim(): void {
    const blinds = [...this.options.pools()].map((pool) => this.#blind(pool.poolId, this.options.selfDeviceId))
    this.options.link.send({ type: 'claims', version: poolProtocolVersion, blinds })
    // The other side may have claimed a pool before we were in it.
    if (this.#claims) this.#answerClaims(this.#claims)
  }

  /** Judges again after a pool changed: opens, refuses, or cuts what is no longer allowed. */
  review(pool: Pool): void {
    if (this.#proofs.has(pool.poolId)) this.#queue(() => this.#judge(pool))
    if (this.#openedByUs.has(pool.poolId)) this.#news.header(pool)
    if (this.openPools.includes(pool.poolId)) this.#sendStatement(pool)
    this.attachAll(pool)
  }

  /**
   * Replicates what the device may have: the envelopes, and the cores of each epoch it holds keys of.
   * A device that lost its place has no envelope of the epoch that began then, and is not even offered its cores.
   */
  attachAll(pool: Pool): void {
    if (!this.openPools.includes(pool.poolId) || !this.#applicant) return
    const standing = pool.standing(this.#applicant.accountId)
    const isGuest = standing?.role === 'guest'
    // A device that its owner restores a backup on has no envelope yet, and the newest records to fetch.
    const isOwner = standing?.role === 'owner'
    for (const { core, audience, epoch } of pool.shared) {
      if (audience === 'nobody' || (audience === 'members' && isGuest)) continue
      if (epoch === null || isOwner || pool.holdsKeys(this.deviceId, epoch)) this.options.link.attach(core)
    }
  }

  /** Tells the other side that our account leaves a pool. Resolves when it has taken it, or is gone. */
  async sendLeave(pool: Pool, leave: SignedBytes): Promise<void> {
    if (!this.options.link.isClosed && this.openPools.includes(pool.poolId)) await this.#news.ownLeave(pool, leave)
  }

  /** Ends the link because the other side lost its place. */
  cut(): void {
    this.options.link.close()
  }

  /** Asks the device at the other end, which manages the pool. */
  askManager(pool: Pool, action: ManagerAction): Promise<Managed> {
    return this.#manager.ask(this.#blind(pool.poolId, this.options.selfDeviceId), pool.name, action)
  }

  /** Ends the link because the other side is no longer a device of its account, and shows it the proof. */
  part(list: SignedBytes | null): void {
    if (list) this.sendDeviceList(list)
    this.options.link.part()
  }

  /** A device list that the other side may not have heard of; it checks the signature itself. */
  sendDeviceList(list: SignedBytes): void {
    if (this.#applicant) this.options.link.send({ type: 'deviceList', deviceList: signedToText(list) })
  }

  sendCapabilities(): void {
    const capabilities = this.options.capabilities()
    if (capabilities && this.openPools.length > 0) this.options.link.send({ type: 'capabilities', capabilities })
  }

  async #handle(message: PoolMessage): Promise<void> {
    switch (message.type) {
      case 'claims': {
        this.#claims = message
        this.#answerClaims(message)
        return
      }
      case 'hello':
        return this.#meet(message)
      case 'admit':
        return this.#admitted(message)
      case 'refuse': {
        this.#refused(message)
        return
      }
      case 'statement':
      case 'header':
      case 'leave': {
        const pool = this.#poolOf(message.blind)
        if (pool) await this.#papers.receive(pool, message)
        return
      }
      case 'left': {
        const pool = this.#poolOf(message.blind)
        if (pool) this.#news.leaveWasTaken(pool)
        return
      }
      case 'ask':
        return this.#answerAsk(message)
      case 'asked':
        this.#manager.receive(message)
        return
      case 'deviceList':
        return this.#keepDeviceList(message.deviceList)
      case 'capabilities':
        this.#keepCapabilities(message.capabilities)
        return
      case 'beat':
        return
    }
  }

  #answerClaims({ version, blinds }: Claims): void {
    if (version !== poolProtocolVersion) {
      for (const pool of this.options.pools()) this.#sendRefusal(pool, { code: 'version_mismatch', details: {} })
      return
    }
    const shared = [...this.options.pools()].filter((pool) => blinds.includes(this.#blind(pool.poolId, this.deviceId)))
    if (shared.length === 0) return
    this.options.link.send({
      type: 'hello',
      username: this.options.username,
      deviceList: signedToText(this.options.ownDeviceList()),
      memberships: shared.map((pool) => ({
        blind: this.#blind(pool.poolId, this.options.selfDeviceId),
        proof: pool.membership.inviteProof ? toBase64Url(pool.membership.inviteProof) : null,
      })),
    })
  }

  async #meet(hello: Hello): Promise<void> {
    const signed = signedFromText(hello.deviceList)
    const shown = signed ? verifyDeviceList(signed) : null
    // One account a connection, and only of somebody who knows a pool of ours: what is kept would grow for ever.
    const isKnowing = hello.memberships.some(({ blind }) => this.#poolOf(blind) !== undefined)
    const isOther = this.#applicant !== null && this.#applicant.accountId !== shown?.account
    if (!signed || !shown || !isKnowing || isOther) return
    const list = await this.options.keepDeviceList(shown, signed)
    const device = list.devices.find((listed) => listed.device === this.deviceId)
    // It shows an old list: perhaps nobody has told it yet.
    const newest = list.number === shown.number ? null : this.options.newestDeviceList(list.account)
    if (newest) this.options.link.send({ type: 'deviceList', deviceList: signedToText(newest) })
    if (!device) {
      this.#refuseUnlinked(hello)
      return
    }
    this.options.onShown(this.deviceId, list.account)
    this.#applicant = {
      deviceId: this.deviceId,
      accountId: list.account,
      username: hello.username,
      serviceKey: device.service,
    }
    for (const { blind, proof } of hello.memberships) {
      const pool = this.#poolOf(blind)
      if (!pool) continue
      this.#proofs.set(pool.poolId, proof)
      await this.#judge(pool)
    }
  }

  /** Only of the account at the other end or of our own: others are none of this link's business. */
  async #keepDeviceList(text: string): Promise<void> {
    const signed = signedFromText(text)
    const list = signed ? verifyDeviceList(signed) : null
    if (!signed || !list) return
    if (list.account === this.options.accountId || list.account === this.#applicant?.accountId)
      await this.options.keepDeviceList(list, signed)
  }

  /** Its account's newest list names it no more: it should hear so, and not wonder. */
  #refuseUnlinked(hello: Hello): void {
    for (const { blind } of hello.memberships) {
      const pool = this.#poolOf(blind)
      if (pool) this.#sendRefusal(pool, { code: 'device_unlinked', details: {} })
    }
  }

  async #judge(pool: Pool): Promise<void> {
    if (!this.#applicant || this.options.link.isClosed) return
    const verdict = await judge(pool, this.#applicant, this.#proofs.get(pool.poolId) ?? null, this.options.nowMs())
    const wasOpen = this.#openedByUs.has(pool.poolId)
    if (verdict.ok) {
      if (wasOpen) return
      this.#openedByUs.add(pool.poolId)
      this.#news.admit(pool)
      this.#afterOpening(pool)
      return
    }
    // Replication cannot be taken back core by core: a device that lost its place loses the link.
    if (wasOpen) this.options.link.close()
    // Who is of the pool is not for a newcomer to say, who has not read it yet.
    else if (pool.directory || verdict.error.code !== 'not_admitted') this.#sendRefusal(pool, verdict.error)
  }

  #sendRefusal(pool: Pool, error: Pick<Refuse, 'code' | 'details'>): void {
    if (error.code !== 'not_admitted') this.#isHeld = true
    const blind = this.#blind(pool.poolId, this.options.selfDeviceId)
    this.options.link.send({ type: 'refuse', blind, code: error.code, details: error.details })
  }

  async #admitted(message: Admit): Promise<void> {
    const pool = this.#poolOf(message.blind)
    if (!pool) return
    this.#openedByThem.add(pool.poolId)
    pool.isAdmitted = true
    pool.refusal = null
    const header = message.header ? signedFromText(message.header) : null
    if (header) await pool.followHeader(header)
    this.#afterOpening(pool)
  }

  #refused(message: Refuse): void {
    const pool = this.#poolOf(message.blind)
    // Only someone who is of the pool may tell us that we are not.
    if (!pool || pool.author || !this.#openedByUs.has(pool.poolId)) return
    pool.refusal = kithError(message.code, { ...message.details, pool: pool.name })
    this.options.onChange()
  }

  #afterOpening(pool: Pool): void {
    if (!this.openPools.includes(pool.poolId)) return
    clearTimeout(this.#stranger)
    this.attachAll(pool)
    this.#sendStatement(pool)
    if (this.deviceId === pool.header?.directoryWriter) for (const leave of pool.leaves) this.#news.leave(pool, leave)
    this.sendCapabilities()
    this.options.onChange()
  }

  /** Which cores we write is for the manager to write down: nobody can claim them before. */
  #sendStatement(pool: Pool): void {
    if (this.deviceId === pool.header?.directoryWriter) this.#news.statement(pool)
  }

  async #answerAsk({ blind, askId, action }: Ask): Promise<void> {
    const pool = this.#poolOf(blind)
    if (!pool || !this.#applicant || !this.openPools.includes(pool.poolId)) return
    const result = await this.options.onAsk(pool, this.#applicant.accountId, action)
    this.#manager.answer(this.#blind(pool.poolId, this.options.selfDeviceId), askId, result)
  }

  #keepCapabilities(capabilities: Capabilities): void {
    if (this.openPools.length === 0) return
    const known = this.capabilities
    // Late news of the same run must not undo newer news.
    if (known?.runId === capabilities.runId && known.sequence >= capabilities.sequence) return
    this.capabilities = capabilities
    this.options.onChange()
  }

  #poolOf(blind: string): Pool | undefined {
    return [...this.options.pools()].find((pool) => this.#blind(pool.poolId, this.deviceId) === blind)
  }

  // The sender's key is part of it, so that a stranger cannot send our own claims back to us.
  #blind(poolId: PoolId, sender: DeviceId): string {
    return toHex(hash('kith/claim/1', keyOf(poolId), this.options.link.handshakeHash, keyOf(sender)))
  }

  #sendStrangerAway(): void {
    if (!this.#isHeld && this.openPools.length === 0) this.options.link.close()
  }

  #queue(step: () => Promise<void> | void): void {
    this.#serial
      .run(async () => step())
      .catch((cause: unknown) => {
        if (!this.options.link.isClosed) this.options.log.warn({ cause, device: this.deviceId }, 'pool message failed')
      })
  }

  #closed(): void {
    clearTimeout(this.#stranger)
    this.#manager.close()
    this.#openedByUs.clear()
    this.#openedByThem.clear()
    this.#news.closed()
    this.options.onChange()
  }
}
