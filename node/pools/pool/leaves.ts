import { z } from 'zod'
import { verifyLeave, type Leave } from '../../accounts/records/leave.ts'
import type { AccountId, PoolId } from '../../contract/ids.ts'
import type { SignedBytes } from '../../crypto/signed-record.ts'
import type { Bee } from '../../state/bee.ts'
import { localKeys } from './records.ts'
import { signedFromText, signedToText } from './signed-text.ts'

/** The signed leaves of a pool's accounts, kept so that they reach the manager. */
export class Leaves {
  readonly #leaves = new Map<AccountId, { readonly leave: Leave; readonly signed: SignedBytes }>()

  constructor(
    private readonly local: Bee,
    private readonly poolId: PoolId,
  ) {}

  async open(): Promise<void> {
    for (const { value } of await this.local.list(localKeys.left(this.poolId), z.string())) {
      const signed = signedFromText(value)
      const leave = signed ? verifyLeave(signed) : null
      if (signed && leave) this.#leaves.set(leave.account, { leave, signed })
    }
  }

  get all(): readonly SignedBytes[] {
    return [...this.#leaves.values()].map(({ signed }) => signed)
  }

  /** Whether an account has left after joining by this invite. */
  has(accountId: AccountId, inviteId: string | null | undefined): boolean {
    return typeof inviteId === 'string' && this.#leaves.get(accountId)?.leave.inviteId === inviteId
  }

  /** Keeps a verified leave; false if it is already known. */
  async keep(leave: Leave, signed: SignedBytes): Promise<boolean> {
    if (this.has(leave.account, leave.inviteId)) return false
    await this.local.put(localKeys.left(this.poolId) + leave.account, signedToText(signed))
    this.#leaves.set(leave.account, { leave, signed })
    return true
  }
}
