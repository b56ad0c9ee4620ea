import { z } from 'zod'
import { keyOf } from '../../accounts/ids.ts'
import { verifyPoolEnding, type PoolEnding } from '../../accounts/records/pool-ending.ts'
import { maxSuccessions, verifySuccession, type Succession } from '../../accounts/records/succession.ts'
import { Serial } from '../../base/serial.ts'
import type { PoolId } from '../../contract/ids.ts'
import { fromHex } from '../../crypto/encoding.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import { localKeys } from './records.ts'
import { signedFromText, signedToText } from './signed-text.ts'

/** What says who speaks for a pool, for others to check: every change of owner since the first, and the end. */
export interface AuthorityRecords {
  readonly successions: readonly SignedBytes[]
  readonly ending: SignedBytes | null
}

/** A key that is known to speak for a pool, because the invite we came by is signed with it. */
export interface Anchor {
  readonly generation: number
  /** In hexadecimal. */
  readonly authority: string
}

interface Step {
  readonly succession: Succession
  readonly signed: SignedBytes
}

/**
 * Who speaks for a pool: its own key until its owner hands it over, then the key of the next owner, and nobody once it
 * is dissolved.
 *
 * It only goes forwards. Of two changes of owner that one key has signed, the first that was seen here stands, so that
 * a former owner who goes on signing takes nothing back.
 */
export class PoolAuthority {
  readonly #serial = new Serial()
  #steps: readonly Step[] = []
  #ending: { readonly ending: PoolEnding; readonly signed: SignedBytes } | null = null

  constructor(
    private readonly local: Bee,
    private readonly poolId: PoolId,
    private readonly anchor: Anchor | null,
  ) {}

  async open(): Promise<void> {
    const stored = await this.local.list(localKeys.successions(this.poolId), z.string())
    this.#steps = this.#followed(stored.flatMap(({ value }) => signedFromText(value) ?? []))
    const ending = await this.local.get(localKeys.ending(this.poolId), z.string())
    const signed = ending === null ? null : signedFromText(ending)
    if (signed) this.#ending = this.#endingIn(signed)
  }

  /** How often the pool has changed its owner. */
  get generation(): number {
    return this.#steps.length
  }
  /** The public key that speaks for the pool. */
  get key(): Uint8Array {
    return this.keyOf(this.generation) ?? keyOf(this.poolId)
  }
  /** The last change of owner; null while the pool is its founder's. */
  get succession(): Succession | null {
    return this.#steps.at(-1)?.succession ?? null
  }
  /** Set once the pool is dissolved. */
  get ending(): PoolEnding | null {
    return this.#ending?.ending ?? null
  }
  get records(): AuthorityRecords {
    return { successions: this.#steps.map(({ signed }) => signed), ending: this.#ending?.signed ?? null }
  }

  /** The key of a generation; null for one that has not been heard of here. */
  keyOf(generation: number): Uint8Array | null {
    return generation === 0 ? keyOf(this.poolId) : keyIn(this.#steps[generation - 1])
  }

  /** Takes what goes beyond what is known here; returns whether anything did. Waits for no block of anybody. */
  take(records: AuthorityRecords): Promise<boolean> {
    return this.#serial.run(() => this.#take(records))
  }

  async #take(records: AuthorityRecords): Promise<boolean> {
    if (this.#ending) return false
    const known = this.#steps.length
    const steps = this.#followed(records.successions)
    for (const { succession, signed } of steps.slice(known)) {
      const name = String(succession.generation).padStart(3, '0')
      await this.local.put(localKeys.successions(this.poolId) + name, signedToText(signed))
    }
    if (steps.length > known) this.#steps = steps
    const ending = records.ending && this.#endingIn(records.ending)
    if (ending) {
      await this.local.put(localKeys.ending(this.poolId), signedToText(ending.signed))
      this.#ending = ending
    }
    return steps.length > known || ending !== null
  }

  /** The steps known here with those that go beyond them; what contradicts a known one is left aside whole. */
  #followed(successions: readonly SignedBytes[]): readonly Step[] {
    const steps: Step[] = []
    for (const signed of successions.slice(0, maxSuccessions)) {
      const authority = steps.length === 0 ? keyOf(this.poolId) : keyIn(steps.at(-1))
      const succession = authority && verifySuccession(signed, authority)
      if (succession?.pool !== this.poolId || succession.generation !== steps.length + 1) break
      const known = this.#steps[steps.length]
      if (known && known.succession.authority !== succession.authority) return this.#steps
      steps.push({ succession, signed })
    }
    return steps.length > this.#steps.length && this.#holdsAnchor(steps) ? steps : this.#steps
  }

  #holdsAnchor(steps: readonly Step[]): boolean {
    const { anchor } = this
    return anchor === null || steps[anchor.generation - 1]?.succession.authority === anchor.authority
  }

  #endingIn(signed: SignedBytes): { ending: PoolEnding; signed: SignedBytes } | null {
    const ending = verifyPoolEnding(signed, this.key)
    return ending?.pool === this.poolId && ending.generation === this.generation ? { ending, signed } : null
  }
}

function keyIn(step: Step | undefined): Uint8Array | null {
  return step ? fromHex(step.succession.authority) : null
}
