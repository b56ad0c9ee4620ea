import type { ErrorCode } from '../../node/contract/errors.ts'
import type { Random } from './harness/random.ts'
import type { Person, Scene } from './harness/scene.ts'

/** What an attack finds besides what is measured after every one. */
export interface Outcome {
  /** How often it was really done, as far as somebody besides the attacker can tell. None fails: nothing was shown then. */
  readonly attempts: number
  /** Whoever did it, where the victim's user should be able to read that; null where nobody can be named. */
  readonly culprit: Person | null
  /** What the user should read of the culprit: one of these. Absent is anything. */
  readonly codes?: readonly ErrorCode[]
  /** What the attack has achieved, as sentences; none where it has failed. */
  readonly harms: readonly string[]
  /** Requests that were served although a limit was used up. */
  readonly overshootRequests?: number
}

/** One way to do harm, as somebody who was let in, or from outside. */
export interface Attack {
  readonly name: string
  readonly as: 'stranger' | 'guest' | 'member' | 'gateway' | 'processor' | 'local program'
  /** Whether it leaves something on the victim's disk, so that a restart has to be tried. */
  readonly leavesTraces?: boolean
  /** One of several ways to do much the same: a test run draws one of each family, a benchmark takes all. */
  readonly isVariant?: boolean
  run(scene: Scene, random: Random): Promise<Outcome>
}

/** The same attack as one that is only drawn now and then. */
export function variant(attack: Attack): Attack {
  return { ...attack, isVariant: true }
}
