import type { ErrorCode } from '../../../node/contract/errors.ts'
import { variant, type Attack } from '../attack.ts'
import { floodKinds, hostileKinds } from '../hostile/replication-frames.ts'

type Role = 'guest' | 'member' | 'gateway'

interface Fate {
  /** The reasons for which the victim may end the connection; none where it only reads slower. */
  readonly codes: readonly ErrorCode[]
  readonly kind?: string
}

const impossible: Fate = { codes: ['hostile_messages'] }
/** What is fine one by one keeps nobody but its sender waiting. */
const slow: Fate = { codes: [] }

/** Replication messages that cost whoever gets them time or memory without an end. */
function hostileFrames(name: string, as: Role, { codes, kind = name }: Fate): Attack {
  return {
    name,
    as,
    async run(scene, random) {
      const culprit = await scene.hostile(as, ['replicationFrames'])
      const report = await scene.attack(culprit, 'replicationFrames', { ...scene.target(random.seed), kind })
      const isCutOff = codes.length > 0
      const harms =
        report.isCutOff === isCutOff ? [] : [isCutOff ? 'its connection goes on' : 'its connection was ended']
      // Nothing has left this computer where no bytes were written.
      return { attempts: report.bytes > 0 ? report.messages : 0, culprit: isCutOff ? culprit : null, codes, harms }
    },
  }
}

const always = ['a range of 2^52 blocks', 'all of 2^52 blocks, and then not all', 'small bit fields nobody asked for']

export const replication: readonly Attack[] = [
  hostileFrames('a range of 2^52 blocks', 'guest', impossible),
  hostileFrames('all of 2^52 blocks, and then not all', 'guest', impossible),
  hostileFrames('small bit fields nobody asked for', 'gateway', impossible),
  ...hostileKinds
    .filter((kind) => !always.includes(kind))
    .map((kind) => variant(hostileFrames(kind, 'member', impossible))),
  ...floodKinds.map((kind) => variant(hostileFrames(kind, 'guest', slow))),
  hostileFrames('requests whose replies it does not read', 'member', {
    kind: 'unread requests',
    codes: ['hostile_messages', 'replies_unread'],
  }),
  hostileFrames('replication messages drawn at random', 'guest', { kind: 'random', codes: ['hostile_messages'] }),
]
