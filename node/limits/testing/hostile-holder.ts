import { limitNames, type LimitName } from '../../contract/limits.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { toHex } from '../../crypto/encoding.ts'
import { randomBytes } from '../../crypto/keys.ts'
import type {
  ExchangeCall,
  ExchangeReply,
  LeaseCell,
  LeaseQuotaCall,
  LeaseQuotaReply,
} from '../../protocol/messages/lease-messages.ts'
import type { LimitSubject } from '../limiter.ts'

/** Larger than any limit, and still a number that the wire takes. */
const all = 1_000_000_000_000
const mostTokens = 10_000_000

export type SendLeaseCall = (call: LeaseQuotaCall) => Promise<Result<LeaseQuotaReply>>

/** What it replies when the grantor calls back: nothing, that all was used, or the truth it claims elsewhere. */
export type RecallManner = 'silent' | 'all used' | 'all held'

/**
 * A device that wants to use up what belongs to somebody else, by `leaseQuota` alone.
 *
 * It keeps to the schemas, and to nothing else. `send` leads to the grantor: on a bench straight, against a whole
 * peer as `(call) => clients.call(target, 'leaseQuota', call)`.
 */
export class HostileHolder {
  incarnation = toHex(randomBytes(16))
  sequence = 0
  shareNumber = 0
  manner: RecallManner = 'silent'
  /** The windows as the grantor last told them. */
  windows: ExchangeReply['windows'] = []
  /** Tokens it was granted in all. */
  granted = 0
  /** The last call, for those that send it again. */
  last: ExchangeCall | null = null

  constructor(
    readonly subject: LimitSubject,
    private readonly send: SendLeaseCall,
  ) {}

  async exchange(changes: Partial<ExchangeCall> = {}): Promise<Result<ExchangeReply>> {
    this.sequence += 1
    const call: ExchangeCall = {
      type: 'exchange',
      subject: this.subject,
      incarnation: this.incarnation,
      sequence: this.sequence,
      shareNumber: this.shareNumber,
      cells: [],
      needs: [],
      carried: [],
      vouchers: [],
      isLeaving: false,
      ...changes,
    }
    this.last = call
    const reply = await this.send(call)
    if (!reply.ok) return reply
    if (reply.value.type !== 'exchange') return fail('protocol_error')
    this.windows = reply.value.windows
    this.shareNumber = reply.value.share?.number ?? this.shareNumber
    for (const answer of reply.value.answers) if ('tokens' in answer) this.granted += answer.tokens
    return ok(reply.value)
  }

  /** Figures for every window it has heard of. */
  cells(figures: Partial<LeaseCell>, ofLimit = false): LeaseCell[] {
    return this.windows.map(({ name, startMs, limit }) => {
      const most = ofLimit ? limit : all
      return { name, startMs, held: most, used: most, reserved: 0, ...figures }
    })
  }

  /** In the place of its limits: what it replies to the grantor. */
  readonly limits = {
    handle: (_: unknown, call: LeaseQuotaCall): Promise<Result<LeaseQuotaReply>> => {
      if (call.type !== 'recall' || this.manner === 'silent')
        return Promise.resolve(fail('machine_lost', { machine: '' }))
      this.sequence += 1
      const cells = this.manner === 'all used' ? this.cells({}) : this.cells({ used: 0 })
      const { incarnation, sequence } = this
      return Promise.resolve(ok({ type: 'recall', incarnation, sequence, cells, vouchers: [] }))
    },
  }
}

/** What such a device does. Each is a whole attack, and may be repeated and mixed with the others. */
export const leaseAttacks: Readonly<Record<string, (evil: HostileHolder) => Promise<unknown>>> = {
  'one lease for all': (evil) => evil.exchange({ needs: [{ tokens: mostTokens, leastTokens: 1 }] }),
  'one lease for whatever is left': (evil) =>
    evil.exchange({ needs: [1, 2, 3].map(() => ({ tokens: 1_000_000, leastTokens: 0 })) }),
  'a thousand small leases': async (evil) => {
    for (let round = 0; round < 16; round++) {
      await evil.exchange({ needs: Array.from({ length: 64 }, () => ({ tokens: 1, leastTokens: 1 })) })
    }
  },
  'small leases, each settled at once': async (evil) => {
    let used = 0
    for (let round = 0; round < 16; round++) {
      await evil.exchange({ needs: [{ tokens: 10, leastTokens: 1 }], cells: evil.cells({ held: used, used }) })
      used += 10
    }
  },
  'claims that all was used': async (evil) => {
    await evil.exchange()
    await evil.exchange({ cells: evil.cells({}) })
    await evil.exchange({ cells: evil.cells({}, true) })
  },
  'claims that all is reserved': async (evil) => {
    await evil.exchange()
    await evil.exchange({ cells: evil.cells({ used: 0, reserved: all }) })
  },
  'settles far more than it has': async (evil) => {
    await evil.exchange({ needs: [{ tokens: 20, leastTokens: 20 }] })
    await evil.exchange({ cells: evil.cells({ held: 20, used: 5_000_000 }) })
  },
  'comes as somebody new who holds all': async (evil) => {
    await evil.exchange()
    evil.incarnation = toHex(randomBytes(16))
    await evil.exchange({ cells: evil.cells({}, true) })
  },
  'loses its records again and again': async (evil) => {
    for (let round = 0; round < 20; round++) {
      evil.incarnation = toHex(randomBytes(16))
      await evil.exchange({ needs: [{ tokens: 50, leastTokens: 1 }], cells: evil.cells({}, true) })
    }
  },
  'says that its clock is ahead, and takes it back': async (evil) => {
    for (let round = 0; round < 10; round++) {
      await evil.exchange()
      const ahead = evil.cells({}).map((cell) => ({ ...cell, startMs: cell.startMs + 86_400_000 }))
      await evil.exchange({ cells: ahead })
      await evil.exchange({ cells: evil.cells({}) })
    }
  },
  'sends its last message again': async (evil) => {
    await evil.exchange({ needs: [{ tokens: 20, leastTokens: 20 }] })
    for (let round = 0; round < 5; round++) await evil.exchange({ ...evil.last })
  },
  'counts up to the last number': async (evil) => {
    evil.sequence = Number.MAX_SAFE_INTEGER - 2
    await evil.exchange({ cells: evil.cells({}) })
  },
  'settles plan leases that it guesses': async (evil) => {
    for (const from of [0, Date.now(), evil.windows[0]?.startMs ?? 0]) {
      const carried = Array.from({ length: 64 }, (_, index) => ({ sequence: from + index, tokens: mostTokens }))
      await evil.exchange({ carried })
    }
  },
  'says that it knows the newest share': (evil) => evil.exchange({ shareNumber: Number.MAX_SAFE_INTEGER }),
  'shows words that nobody gave': (evil) =>
    evil.exchange({
      vouchers: ['', 'not a voucher', toHex(randomBytes(200)), Buffer.from(randomBytes(300)).toString('base64url')],
      needs: [{ tokens: 100, leastTokens: 1 }],
    }),
  'leaves and comes back': async (evil) => {
    await evil.exchange({ isLeaving: true, cells: evil.cells({}) })
    await evil.exchange({ cells: evil.cells({}, true) })
  },
  'names limits that the subject has not': (evil) =>
    evil.exchange({
      cells: limitNames
        .slice(0, 16)
        .map((name: LimitName) => ({ name, startMs: 0, held: all, used: all, reserved: all })),
    }),
}

/** Calls that are only for the grantor, or for the member. */
export async function callOutOfTurn(send: SendLeaseCall, subject: LimitSubject, deviceId: DeviceId): Promise<string[]> {
  const calls: LeaseQuotaCall[] = [
    { type: 'handOver', subject },
    { type: 'recall', subject, answeredSequence: 0, nowMs: Date.now() },
    { type: 'look', subject },
    { type: 'carry', subject, processorDeviceId: deviceId, tokens: 100 },
  ]
  const replies = await Promise.all(calls.map(send))
  return replies.map((reply) => (reply.ok ? 'taken' : reply.error.code))
}
