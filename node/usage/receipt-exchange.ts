import type { Log } from '../base/log.ts'
import type { DeviceId, PoolId } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import type { UsageCall, UsageReply, WireReceipt } from '../protocol/messages/usage-messages.ts'
import type { Caller } from '../access/standing.ts'
import type { MachineDirectory, RemoteMachine } from '../protocol/machines.ts'
import type { ServiceClients } from '../protocol/service/service-client.ts'
import { wireLimits } from '../protocol/wire-limits.ts'
import type { PoolReceipts } from './pool-receipts.ts'
import { doubtOf } from './receipt-check.ts'
import { faultOf, packReceipt, stateOf, unpackReceipt, type SignedReceipt } from './signed-receipt.ts'

/** Receipts made within this time are sent together. */
const groupMs = 200
const retryMs = 5_000
/** A receipt that only the gateway signed is refused if its end is farther than this from our clock. */
const clockMs = 48 * 3_600_000

export interface ReceiptExchangeOptions {
  readonly selfDeviceId: DeviceId
  readonly machines: MachineDirectory
  readonly clients: Pick<ServiceClients, 'call'>
  readonly poolOf: (poolId: PoolId) => PoolReceipts | null
  readonly pools: () => Iterable<PoolReceipts>
  /** Whether a device may make requests for other accounts in a pool. */
  readonly isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean
  readonly nowMs: () => number
  readonly log: Log
  readonly retryMs?: number
}

type ReceiptResult = UsageReply['results'][number]

/** Returns receipts that the gateway signed to their processors, until these confirm them. */
export class ReceiptExchange {
  #timer: NodeJS.Timeout | null = null
  #unsubscribe: () => void = () => undefined
  #running: Promise<void> = Promise.resolve()
  #isStopped = true
  /** Machines with a call under way. */
  readonly #inFlight = new Set<DeviceId>()

  constructor(private readonly options: ReceiptExchangeOptions) {}

  start(): void {
    this.#isStopped = false
    this.#unsubscribe = this.options.machines.onChange(() => this.nudge())
    this.nudge()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#unsubscribe()
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await this.#running
  }

  /** Schedules sending, after a receipt became owed or a machine connected. */
  nudge(afterMs = groupMs): void {
    if (this.#isStopped || this.#timer || this.#owedByMachine().size === 0) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#running = this.#sendAll()
    }, afterMs)
  }

  /** Handles `usage` as processor: a gateway returns signed receipts of its own requests. */
  async receive(caller: Caller, call: UsageCall): Promise<Result<UsageReply>> {
    const results = await Promise.all(call.receipts.map((packed) => this.#take(caller, packed)))
    return ok({ results })
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    const owed = [...this.#owedByMachine()].filter(([{ deviceId }]) => !this.#inFlight.has(deviceId))
    const sent = await Promise.all(owed.map(([machine, receipts]) => this.#send(machine, receipts)))
    if (this.#owedByMachine().size > 0) this.nudge(sent.every(Boolean) ? groupMs : (this.options.retryMs ?? retryMs))
  }

  #owedByMachine(): Map<RemoteMachine, SignedReceipt[]> {
    const owed = [...this.options.pools()].flatMap((pool) => pool.owed())
    const byMachine = new Map<RemoteMachine, SignedReceipt[]>()
    if (owed.length === 0) return byMachine
    for (const machine of this.options.machines.list()) {
      const theirs = owed.filter(({ receipt }) => receipt.processorDeviceId === machine.deviceId)
      if (theirs.length > 0) byMachine.set(machine, theirs)
    }
    return byMachine
  }

  /** Returns whether any receipt was settled. */
  async #send(machine: RemoteMachine, owed: readonly SignedReceipt[]): Promise<boolean> {
    this.#inFlight.add(machine.deviceId)
    try {
      const group = owed.slice(0, wireLimits.receiptsPerCall)
      const reply = await this.options.clients.call(machine, 'usage', { receipts: group.map(packReceipt) })
      if (!reply.ok) {
        this.options.log.debug({ code: reply.error.code }, 'receipts will be returned later')
        return false
      }
      const results = new Map(reply.value.results.map((result) => [result.attemptId, result]))
      const settled = group.map((signed) => this.#settle(signed, results.get(signed.receipt.attemptId)))
      return settled.some(Boolean)
    } finally {
      this.#inFlight.delete(machine.deviceId)
    }
  }

  /** Returns whether the receipt is no longer owed, or a countersigned one has replaced it. */
  #settle(sent: SignedReceipt, result: ReceiptResult | undefined): boolean {
    const pool = this.options.poolOf(sent.receipt.poolId)
    if (!pool || !result) return false
    const { attemptId } = sent.receipt
    const half = result.receipt && unpackReceipt(result.receipt)
    if (!half && result.state === 'later') return false
    if (half && !sent.processor) {
      const bounds = pool.boundsOf(attemptId) ?? { promptTokens: 0, completionTokens: 0 }
      const doubt = doubtOf(half, sent.receipt, bounds, null, this.options.nowMs())
      if (!doubt) {
        void pool.countersigned({ ...half, gateway: null }, sent)
        return true
      }
      this.options.log.warn({ attemptId, doubt }, 'a processor’s receipt is not believed')
    }
    pool.settled(attemptId)
    return true
  }

  async #take(caller: Caller, packed: WireReceipt): Promise<ReceiptResult> {
    const signed = unpackReceipt(packed)
    if (!signed) return { attemptId: null, state: 'refused', receipt: null }
    const { attemptId } = signed.receipt
    const pool = this.options.poolOf(signed.receipt.poolId)
    const refused = { attemptId, state: 'refused', receipt: null } as const
    if (!pool || !this.#isOfCounterpart(caller, signed)) return refused
    if (stateOf(signed) === 'countersigned') {
      return { attemptId, state: await kept(pool, signed), receipt: null }
    }
    // A gateway-attested receipt is taken only for an attempt in our journal that has no receipt of ours.
    const unfinished = pool.unfinished(attemptId)
    if (unfinished?.gateway !== caller.deviceId) return refused
    if (unfinished.isRunning) return { attemptId, state: 'later', receipt: null }
    if (unfinished.signed) return { attemptId, state: 'later', receipt: packReceipt(unfinished.signed) }
    return { attemptId, state: await kept(pool, signed), receipt: null }
  }

  #isOfCounterpart(caller: Caller, signed: SignedReceipt): boolean {
    const { gatewayDeviceId, processorDeviceId, poolId, accountId, finishedAtMs } = signed.receipt
    if (gatewayDeviceId !== caller.deviceId || processorDeviceId !== this.options.selfDeviceId) return false
    if (!caller.standings.some((standing) => standing.poolId === poolId)) return false
    if (accountId !== caller.accountId && !this.options.isGateway(poolId, caller.deviceId)) return false
    if (Math.abs(finishedAtMs - this.options.nowMs()) > clockMs && !signed.processor) return false
    return signed.gateway !== null && faultOf(signed) === null
  }
}

/** `later` if it cannot be written now, so that the gateway sends it again; PoolReceipts logs the cause. */
function kept(pool: PoolReceipts, signed: SignedReceipt): Promise<'kept' | 'later'> {
  return pool.confirmed(signed).then(
    () => 'kept',
    () => 'later',
  )
}
