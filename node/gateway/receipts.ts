import type { Log } from '../base/log.ts'
import type { AccountId, DeviceId, PoolId } from '../contract/ids.ts'
import type { Receipt } from '../contract/usage.ts'
import { toBase64Url } from '../crypto/encoding.ts'
import type { TokenCount, TokenCounter } from '../protocol/generations/token-counter.ts'
import type { PromptRequest, ReceiptPart, ServedPart } from '../protocol/messages/generation.ts'
import { clockMattersMs } from '../usage/clock-watch.ts'
import type { PoolReceipts } from '../usage/pool-receipts.ts'
import { boundsOf, doubtOf, isOfTokens } from '../usage/receipt-check.ts'
import { attemptIdOf, unpackReceipt } from '../usage/signed-receipt.ts'
import { GenerationMeter } from '../usage/generation-meter.ts'
import type { Candidate } from './candidates.ts'

type Receipts = Pick<PoolReceipts, 'begun' | 'countersigned' | 'attested'>

export interface GatewayReceiptsOptions {
  /** Null for a pool this account is not in. */
  readonly poolOf: (poolId: PoolId) => Receipts | null
  readonly selfDeviceId: DeviceId
  readonly accountId: AccountId
  readonly nowMs: () => number
  /** What time another machine says it is, as its receipt comes. */
  readonly onClock?: (deviceId: DeviceId, itsMs: number, nowMs: number) => void
  readonly log: Log
}

/** One attempt at a request, as the gateway sees it. */
export interface AttemptReceipt {
  /** Notes a part. */
  follow(part: ServedPart): void
  /**
   * The attempt is over: signs what it cost, together with the processor where its receipt is valid.
   * Returns what the machine said of its tokens where that cannot be true.
   */
  close(): TokenCount['said']
}

/** Checks and countersigns the receipts of every attempt this gateway makes. */
export class GatewayReceipts {
  constructor(private readonly options: GatewayReceiptsOptions) {}

  /** Null for a pool this account is not in. `tokens` follows the same parts. */
  begin(request: PromptRequest, chosen: Candidate, tokens: TokenCounter): AttemptReceipt | null {
    const { selfDeviceId, accountId, poolOf, nowMs, onClock, log } = this.options
    const pool = poolOf(request.poolId)
    if (!pool) return null
    const machine = chosen.kind === 'remote' ? chosen.machine : null
    const model = machine?.capabilities?.models.find(({ name }) => name === request.model)
    const names = {
      attemptId: attemptIdOf(request.requestId, request.attempt ?? 1),
      requestId: request.requestId,
      poolId: request.poolId,
      accountId: request.consumer?.accountId ?? accountId,
      keyId: request.consumer?.keyId ?? null,
      model: request.model,
      modelDigest: model?.digest.slice(0, 128) ?? '',
      processorDeviceId: machine?.deviceId ?? selfDeviceId,
      gatewayDeviceId: selfDeviceId,
    }
    const meter = new GenerationMeter(tokens)
    const bounds = boundsOf(request)
    const own = (): Receipt => ({ ...names, ...meter.counts(), seams: 0, finishedAtMs: nowMs() })
    const seen: { receipt: ReceiptPart | null; isOver: boolean } = { receipt: null, isOver: false }
    return {
      follow(part) {
        const isNew = part.type === 'accepted' && !meter.isAccepted
        meter.follow(part)
        if (isNew) pool.begun({ ...own(), outcome: 'lost' }, bounds)
        if (part.type === 'receipt') seen.receipt = part
      },
      close() {
        if (seen.isOver || !meter.isAccepted) return null
        seen.isOver = true
        const mine = own()
        const half = seen.receipt && unpackSent(seen.receipt)
        const doubt = half ? doubtOf(half, mine, bounds, tokens, nowMs()) : 'none came'
        if (half && doubt) log.warn({ attemptId: names.attemptId, doubt }, 'a processor’s receipt is not believed')
        const said = mine.said ?? (half && isOfTokens(doubt) ? usageOf(half.receipt) : null)
        const heardAtMs = half && isClockOff(half.receipt.finishedAtMs, mine.finishedAtMs) ? mine.finishedAtMs : null
        const isOfMachine = half && (!doubt || doubt === 'finishedAtMs')
        if (isOfMachine && machine) onClock?.(machine.deviceId, half.receipt.finishedAtMs, mine.finishedAtMs)
        const kept =
          half && !doubt ? pool.countersigned(half, null, heardAtMs) : pool.attested({ ...mine, said }, tokens.bounds())
        // Its failure is logged where it is written; the generation goes on.
        kept.catch(() => undefined)
        return said
      },
    }
  }
}

function usageOf({ promptTokens, completionTokens }: Receipt): TokenCount['said'] {
  return { promptTokens, completionTokens }
}

function isClockOff(itsMs: number, nowMs: number): boolean {
  return Math.abs(itsMs - nowMs) > clockMattersMs
}

function unpackSent({ record, signature }: ReceiptPart): ReturnType<typeof unpackReceipt> {
  return unpackReceipt({ record, processor: toBase64Url(signature), gateway: null })
}
