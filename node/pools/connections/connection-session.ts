import { maxCoreLength } from '../../base/core-limits.ts'
import { Serial } from '../../base/serial.ts'
import type { Log } from '../../base/log.ts'
import { kithError } from '../../contract/errors.ts'
import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Ask, AskedAction } from '../../net/manager-messages.ts'
import type { Admit, Hello, PoolMessage, Refuse } from '../../net/pool-messages.ts'
import type { Capabilities } from '../../protocol/machines.ts'
import type { Outflow } from '../../protocol/outflow.ts'
import { judge, type Applicant } from './admission.ts'
import { BlindedClaims } from './blinded-claims.ts'
import { Introduction, type IntroductionOptions, type Refusal } from './introduction.ts'
import { Outbox } from './outbox.ts'
import { SignedRecordReceiver } from './signed-record-receiver.ts'
import { ManagerClient, type Answered } from './manager-client.ts'
import type { Pool } from '../pool/pool.ts'
import type { AuthorityRecords } from '../pool/pool-authority.ts'
import { signedFromText } from '../pool/signed-text.ts'

/** A connection with no open pool is closed after this long. */
const strangerDeadlineMs = 10_000

export interface ConnectionSessionOptions extends IntroductionOptions {
  readonly selfDeviceId: DeviceId
  readonly capabilities: () => Capabilities | null
  readonly onChange: () => void
  /** With every beat while the connection stands. */
  readonly onCheck: () => void
  /** Another device of a pool asks this one to do something, mostly as its manager. */
  readonly onAsk: (pool: Pool, accountId: AccountId, action: AskedAction) => Promise<Answered>
  readonly nowMs: () => number
  readonly log: Log
}

/**
 * The state of one connection: who the other device is, which pools both are in, and which of them are open.
 * A core replicates only once both sides have admitted each other to its pool.
 */
export class ConnectionSession {
  readonly #serial = new Serial()
  readonly #openedByUs = new Set<PoolId>()
  readonly #openedByThem = new Set<PoolId>()
  readonly #blinds: BlindedClaims
  readonly #introduction: Introduction
  readonly #outbox: Outbox
  readonly #stranger: NodeJS.Timeout
  readonly #manager: ManagerClient
  readonly #signedRecords: SignedRecordReceiver
  /** Set when one side was refused with a reason that its user should see: the connection is then kept. */
  #isHeld = false
  capabilities: Capabilities | null = null

  constructor(private readonly options: ConnectionSessionOptions) {
    const { connection, selfDeviceId, pools } = options
    const { deviceId, handshakeHash } = connection
    this.#blinds = new BlindedClaims({ handshakeHash, selfDeviceId, deviceId, pools })
    this.#introduction = new Introduction(options, this.#blinds, (pool, why) => this.#sendRefusal(pool, why))
    this.#manager = new ManagerClient((message) => connection.send(message))
    this.#outbox = new Outbox(
      (message) => connection.send(message),
      (pool) => this.#blinds.ours(pool),
    )
    this.#signedRecords = new SignedRecordReceiver({
      deviceId,
      isLetIn: ({ poolId }) => this.#openedByUs.has(poolId),
      hasLetUsIn: ({ poolId }) => this.#openedByThem.has(poolId),
      onLeaveTaken: (pool) => connection.send({ type: 'left', blind: this.#blinds.ours(pool) }),
    })
    connection.listen({
      onMessage: (message) => this.#receive(message),
      onClose: () => this.#closed(),
      onCheck: options.onCheck,
      onQuiet: options.onChange,
    })
    this.#stranger = setTimeout(() => this.#sendStrangerAway(), strangerDeadlineMs)
    this.claim()
  }

  get deviceId(): DeviceId {
    return this.options.connection.deviceId
  }
  /** Whether the other side was not heard for so long that it counts as away. */
  get isQuiet(): boolean {
    return this.options.connection.isQuiet
  }
  /** What waits for the other side to read it. */
  get outflow(): Outflow {
    return this.options.connection.outflow
  }
  /** The other side's proved identity; null before its hello. */
  get applicant(): Applicant | null {
    return this.#introduction.applicant
  }
  /** Whether it stands only so that the other side knows why it is not let in. */
  get isHeld(): boolean {
    return this.#isHeld && this.openPools.length === 0
  }
  /** Pools in which both sides admitted each other. */
  get openPools(): PoolId[] {
    return [...this.#openedByUs].filter((poolId) => this.#openedByThem.has(poolId))
  }

  /** Sends blinded claims of our pools; again whenever we join one. */
  claim(): void {
    this.#introduction.claim()
  }

  /** Judges the device again after a pool changed: admits it, refuses it, or closes the connection. */
  review(pool: Pool): void {
    if (this.#introduction.proofOf(pool.poolId) !== undefined) void this.#queue(() => this.#judge(pool))
    if (this.#openedByUs.has(pool.poolId)) this.#outbox.header(pool)
    if (this.openPools.includes(pool.poolId)) this.#sendStatement(pool)
    this.attachAll(pool)
  }

  /**
   * Replicates what the device may have: the envelopes, and the cores of each epoch it holds keys of.
   * A removed device has no envelope of the next epoch, so it is not offered the cores of that epoch.
   */
  attachAll(pool: Pool): void {
    const { applicant } = this
    if (!this.openPools.includes(pool.poolId) || !applicant || pool.ending) return
    const standing = pool.standing(applicant.accountId)
    const isGuest = standing?.role === 'guest'
    // An owner's device that restores a backup has no envelope yet, but must fetch the newest records.
    const isOwner = standing?.role === 'owner'
    for (const { core, kind, audience, epoch } of pool.shared) {
      if (audience === 'nobody' || (audience === 'members' && isGuest)) continue
      if (epoch === null || isOwner || pool.holdsKeys(this.deviceId, epoch))
        this.options.connection.attach(core, maxCoreLength[kind])
    }
  }

  /** Sends our account's leave of a pool. Resolves when it is acknowledged or the connection is closed. */
  async sendLeave(pool: Pool, leave: SignedBytes): Promise<void> {
    if (!this.options.connection.isClosed && this.openPools.includes(pool.poolId))
      await this.#outbox.ownLeave(pool, leave)
  }

  /** Ends the connection because the devices of its account leave too much unread together. */
  cutOff(): void {
    this.options.connection.cutOff('replies_unread')
  }

  /** Closes the connection because the other side may no longer be in the pool, or we have left it. */
  cut(): void {
    this.options.connection.close()
  }

  /** Asks the device at the other end to do something with a pool. */
  ask(pool: Pool, action: AskedAction): Promise<Answered> {
    return this.#manager.ask(this.#blinds.ours(pool), pool.name, action)
  }

  /** Sends the list that unlinks the other side, if given, then closes the connection. */
  part(list: SignedBytes | null): void {
    if (list) this.sendDeviceList(list)
    this.options.connection.part()
  }

  /** Sends a device list that the other side may not know; it checks the signature itself. */
  sendDeviceList(list: SignedBytes): void {
    if (this.applicant) this.#introduction.showDeviceList(list)
  }

  sendCapabilities(): void {
    const capabilities = this.options.capabilities()
    if (capabilities && this.openPools.length > 0) this.options.connection.send({ type: 'capabilities', capabilities })
  }

  /** An answer does not wait its turn: what it belongs to may hold up the steps before it. */
  #receive(message: PoolMessage): Promise<void> | void {
    if (message.type !== 'asked') return this.#queue(() => this.#handle(message))
    this.#manager.receive(message)
    return undefined
  }

  async #handle(message: Exclude<PoolMessage, { type: 'asked' }>): Promise<void> {
    switch (message.type) {
      case 'claims': {
        this.#introduction.receiveClaims(message)
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
      case 'authority': {
        const pool = this.#blinds.poolOf(message.blind)
        if (pool) await pool.takeAuthority(authorityIn(message))
        return
      }
      case 'statement':
      case 'header':
      case 'leave': {
        const pool = this.#blinds.poolOf(message.blind)
        if (pool) await this.#signedRecords.receive(pool, message)
        return
      }
      case 'left': {
        const pool = this.#blinds.poolOf(message.blind)
        if (pool) this.#outbox.leaveWasTaken(pool)
        return
      }
      case 'ask':
        return this.#answerAsk(message)
      case 'deviceList':
        return this.#introduction.keepDeviceList(message.deviceList)
      case 'capabilities':
        this.#keepCapabilities(message.capabilities)
        return
      case 'beat':
        return
    }
  }

  async #meet(hello: Hello): Promise<void> {
    for (const pool of await this.#introduction.meet(hello)) await this.#judge(pool)
  }

  async #judge(pool: Pool): Promise<void> {
    const { applicant } = this
    if (!applicant || this.options.connection.isClosed) return
    this.#outbox.authority(pool)
    const wasOpen = this.#openedByUs.has(pool.poolId)
    if (pool.ending) {
      // Held, so that nobody comes again and again to hear that the pool is dissolved.
      if (wasOpen) this.options.connection.part()
      else this.#isHeld = true
      return
    }
    const proof = this.#introduction.proofOf(pool.poolId) ?? null
    const verdict = await judge(pool, applicant, proof, this.options.nowMs())
    if (verdict.ok) {
      if (wasOpen) return
      this.#openedByUs.add(pool.poolId)
      this.options.connection.admit()
      this.#outbox.admit(pool)
      this.#afterOpening(pool)
      return
    }
    // Replication of a single core cannot be stopped, so the whole connection is closed.
    if (wasOpen) this.options.connection.close()
    // Without a directory we cannot know who is a member, so `not_admitted` is not sent.
    else if (pool.directory || verdict.error.code !== 'not_admitted') this.#sendRefusal(pool, verdict.error)
  }

  #sendRefusal(pool: Pool, error: Refusal): void {
    if (error.code !== 'not_admitted') this.#isHeld = true
    this.options.connection.send({
      type: 'refuse',
      blind: this.#blinds.ours(pool),
      code: error.code,
      details: error.details,
    })
  }

  async #admitted(message: Admit): Promise<void> {
    const pool = this.#blinds.poolOf(message.blind)
    if (!pool) return
    this.#openedByThem.add(pool.poolId)
    pool.isAdmitted = true
    pool.refusal = null
    const header = message.header ? signedFromText(message.header) : null
    if (header) await pool.followHeader(header)
    this.#afterOpening(pool)
  }

  #refused(message: Refuse): void {
    const pool = this.#blinds.poolOf(message.blind)
    // Only a device that we admitted may tell us that we are refused.
    if (!pool || pool.author || !this.#openedByUs.has(pool.poolId)) return
    // Closed, it would be made again and again, until nobody tries: then being let back in would take minutes.
    if (message.code === 'member_suspended') this.#isHeld = true
    pool.refusal = kithError(message.code, { ...message.details, pool: pool.name })
    this.options.onChange()
  }

  #afterOpening(pool: Pool): void {
    if (!this.openPools.includes(pool.poolId)) return
    clearTimeout(this.#stranger)
    this.attachAll(pool)
    this.#sendStatement(pool)
    if (this.deviceId === pool.header?.directoryWriter) for (const leave of pool.leaves) this.#outbox.leave(pool, leave)
    this.sendCapabilities()
    this.options.onChange()
  }

  /** Sent to the manager alone, so that no other device can claim our cores before they are recorded. */
  #sendStatement(pool: Pool): void {
    if (this.deviceId === pool.header?.directoryWriter) this.#outbox.statement(pool)
  }

  async #answerAsk({ blind, askId, action }: Ask): Promise<void> {
    const pool = this.#blinds.poolOf(blind)
    if (!pool || !this.applicant || !this.openPools.includes(pool.poolId)) return
    const result = await this.options.onAsk(pool, this.applicant.accountId, action)
    this.#manager.answer(this.#blinds.ours(pool), askId, result)
  }

  #keepCapabilities(capabilities: Capabilities): void {
    if (this.openPools.length === 0) return
    const known = this.capabilities
    // A late snapshot of the same run must not undo a newer one.
    if (known?.runId === capabilities.runId && known.sequence >= capabilities.sequence) return
    this.capabilities = capabilities
    this.options.onChange()
  }

  #sendStrangerAway(): void {
    if (!this.#isHeld && this.openPools.length === 0) this.options.connection.close()
  }

  #queue(step: () => Promise<void> | void): Promise<void> {
    return this.#serial
      .run(async () => step())
      .catch((cause: unknown) => {
        if (!this.options.connection.isClosed)
          this.options.log.warn({ cause, device: this.deviceId }, 'pool message failed')
      })
  }

  #closed(): void {
    clearTimeout(this.#stranger)
    this.#manager.close()
    this.#openedByUs.clear()
    this.#openedByThem.clear()
    this.#outbox.closed()
    this.options.onChange()
  }
}

function authorityIn({ successions, ending }: Extract<PoolMessage, { type: 'authority' }>): AuthorityRecords {
  return {
    successions: successions.flatMap((text) => signedFromText(text) ?? []),
    ending: ending === null ? null : signedFromText(ending),
  }
}
