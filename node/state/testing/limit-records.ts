/** How a format names two fields of the records of limits. */
interface LimitWords {
  readonly incarnation: 'memory' | 'incarnation'
  readonly writtenOff: 'gone' | 'writtenOff'
}

const subjectCount = 20

const day = { startMs: 1_795_561_200_000, endMs: 1_795_647_600_000 }
const month = { startMs: 1_793_487_600_000, endMs: 1_796_079_600_000 }
const always = { startMs: 0, endMs: 9_007_199_254_740_991 }
const heardMs = 1_795_600_805_000
const home = '14fb8c175fff076326e2c4092c0a227b637c2bc61011e88a53da42f6bd388d62'
const processor = '9f744fb5cc926a8d3bd246fb51875bdc624b7fe0afa209cfaceb9e3b21bb0a22'
const share = {
  number: 1,
  untilMs: 1_795_860_005_000,
  timeZone: 'Europe/Vienna',
  amounts: { concurrentRequests: 1, requestsPerDay: 30, tokensPerMonth: 3_333 },
}

/** Records of limits as a device left them that counts some keys and one member, and holds others. */
export function limitRecords({ incarnation, writtenOff }: LimitWords): [key: string, value: unknown][] {
  const ofKeys = Array.from({ length: subjectCount }, (_, index): [string, unknown][] => {
    const subject = `key/${'aa'.repeat(32)}/${'bb'.repeat(32)}/${index.toString(16).padStart(16, '0')}`
    const cells = {
      concurrentRequests: { ...always, [writtenOff]: 0, guessed: 0, wouldRefuse: 0 },
      requestsPerDay: { ...day, [writtenOff]: 30 + index, guessed: 3, wouldRefuse: 0 },
      tokensPerMonth: { ...month, [writtenOff]: 3_333, guessed: 0, wouldRefuse: 7 },
    }
    const nextSequence = heardMs + index
    return [
      [`v1/limit/held/${subject}`, { ...heldRecord(), [incarnation]: 'b11a1287be026533c8068390d6310cb8' }],
      [`v1/limit/row/${subject}/${processor}`, { ...holderRow(), [incarnation]: '7bb8c86767b77c595ff24fe14317d633' }],
      [`v1/limit/total/${subject}`, { cells, carried: [], nextSequence, tenure: 1, awaited: home }],
    ]
  })
  return [...ofKeys.flat(), ...memberRecords({ incarnation, writtenOff })]
}

/** What was used of a member's plan, with plan leases under way, written before a count could move. */
function memberRecords({ incarnation, writtenOff }: LimitWords): [key: string, value: unknown][] {
  const subject = `member/${'aa'.repeat(32)}/${'bb'.repeat(32)}/all`
  const lease = { sequence: heardMs, processorDeviceId: processor, tokens: 50, expiresAtMs: heardMs + 60_000 }
  const held = {
    sequence: 0,
    share: null,
    cells: { tokensPerDay: { ...day, held: 0, used: 0, reserved: 0, elsewhere: 0, wouldRefuse: 0 } },
    shareStarts: { tokensPerDay: day.startMs },
    offsetMs: -12.5,
    contactMs: 0,
    usedLeases: [{ grantorDeviceId: home, floor: 0, sequences: [heardMs + 1] }],
    carried: [{ sequence: heardMs + 1, tokens: 20, isOpen: false }],
  }
  const total = {
    cells: { tokensPerDay: { ...day, [writtenOff]: 20, wouldRefuse: 0 } },
    carried: [{ ...lease, starts: { tokensPerDay: day.startMs } }],
    nextSequence: heardMs + 2,
  }
  return [
    [`v1/limit/held/${subject}`, { ...held, [incarnation]: '91d9ebba0a2fccdf6926cce0fadcf950' }],
    [`v1/limit/total/${subject}`, total],
  ]
}

function heldRecord(): object {
  return {
    sequence: 1,
    share,
    cells: {
      concurrentRequests: { ...always, held: 1, used: 0, reserved: 0, elsewhere: 1, wouldRefuse: 0 },
      requestsPerDay: { ...day, held: 30, used: 2, reserved: 0, elsewhere: 1, wouldRefuse: 0 },
      tokensPerMonth: { ...month, held: 3_333, used: 84, reserved: 0, elsewhere: 100, wouldRefuse: 0 },
    },
    shareStarts: {},
    offsetMs: 0,
    contactMs: heardMs,
    usedLeases: [],
    carried: [],
  }
}

function holderRow(): object {
  return {
    sequence: 2,
    answeredSequence: 2,
    seenMs: heardMs,
    cells: {
      concurrentRequests: { startMs: 0, held: 1, used: 0, reserved: 1 },
      requestsPerDay: { startMs: day.startMs, held: 1, used: 0, reserved: 1 },
      tokensPerMonth: { startMs: month.startMs, held: 70, used: 0, reserved: 70 },
    },
    share,
    previousShare: null,
  }
}
