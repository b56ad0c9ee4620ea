import { createAdminRecord, verifyAdminRecord, type AdminRecordKind } from '../../accounts/records/admin-record.ts'
import type { PoolId } from '../../contract/ids.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import type { Bee } from '../../state/bee.ts'
import { mergeAdminDecisions, noDecisions, type AdminDecisions, type AdminDecision } from './admin-merge.ts'
import type { DeviceBee, DeviceBees } from './device-bees.ts'
import type { Directory } from './membership.ts'
import { memberKeys, signedTextSchema } from './records.ts'
import { signedFromText, signedToText } from './signed-text.ts'

/** Bounds what one bee can make us read; further records are ignored. */
const maxRecords = 10_000

/** The decisions in the admins' member bees of one pool, merged with its directory. */
export class AdminRecords {
  readonly #read = new Map<Bee, { version: number; taken: readonly AdminDecision[] }>()
  #taken: readonly AdminDecision[] = []
  #merged: {
    readonly directory: Directory
    readonly taken: readonly AdminDecision[]
    decisions: AdminDecisions
  } | null = null

  constructor(
    private readonly poolId: PoolId,
    private readonly bees: DeviceBees,
  ) {}

  /** Merged again whenever the directory or the decisions have changed, so that the two always match. */
  decisions(directory: Directory | null): AdminDecisions {
    const known = this.#merged
    if (!directory) return noDecisions
    if (known?.directory === directory && known.taken === this.#taken) return known.decisions
    const decisions = mergeAdminDecisions(this.#taken, directory)
    this.#merged = { directory, taken: this.#taken, decisions }
    return decisions
  }

  /**
   * Reads new records from the member bees of the owner and the admins. Returns whether a decision changed.
   *
   * Missing blocks of one admin do not hide the decisions of the others; `isComplete` is then false.
   */
  async refresh(directory: Directory): Promise<{ isChanged: boolean; isComplete: boolean }> {
    const taken: AdminDecision[] = []
    let isComplete = true
    for (const opened of this.bees.all) {
      const role = directory.members.get(opened.accountId)?.role
      if (opened.kind !== 'member' || (role !== 'admin' && role !== 'owner')) continue
      try {
        taken.push(...(await this.#takenBy(opened)))
      } catch {
        // Blocks are missing or malformed: keep what was read before.
        taken.push(...(this.#read.get(opened.bee)?.taken ?? []))
        isComplete = false
      }
    }
    const before = textOf(this.decisions(directory))
    this.#taken = taken
    return { isChanged: textOf(this.decisions(directory)) !== before, isComplete }
  }

  async #takenBy({ bee, deviceId, accountId }: DeviceBee): Promise<readonly AdminDecision[]> {
    const { version } = bee
    const known = this.#read.get(bee)
    if (known?.version === version) return known.taken
    const stored = bee.isKnown ? await bee.list(memberKeys.adminRecords, signedTextSchema, maxRecords) : []
    const taken = stored.flatMap(({ value }) => {
      const signed = signedFromText(value)
      const record = signed ? verifyAdminRecord(signed) : null
      return record?.pool === this.poolId && record.device === deviceId ? [{ ...record, accountId }] : []
    })
    this.#read.set(bee, { version, taken })
    return taken
  }
}

/** Writes an admin's decision into the admin's own bee, in place of an older one of the same kind and target. */
export async function writeAdminRecord(
  bee: Bee,
  device: KeyPair,
  decision: { readonly pool: PoolId; readonly kind: AdminRecordKind; readonly target: string; readonly atMs: number },
): Promise<void> {
  const signed = signedToText(createAdminRecord(device, decision))
  await bee.put(`${memberKeys.adminRecords}${decision.kind}/${decision.target}`, signed)
}

function textOf(decisions: AdminDecisions): string {
  const members = [...decisions.members].map(([accountId, { kind, atMs }]) => `${accountId} ${kind} ${atMs}`)
  return [...members, ...decisions.revokedInvites].sort().join('\n')
}
