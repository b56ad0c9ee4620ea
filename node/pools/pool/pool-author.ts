import { createInvite, type InviteCertificate } from '../../accounts/records/invite.ts'
import { inviteLink } from '../../accounts/records/invite-link.ts'
import { verifyDeviceStatement, type DeviceStatement } from '../../accounts/records/device-statement.ts'
import { planIdSchema, type AccountId, type DeviceId, type PlanId, type PoolId } from '../../contract/ids.ts'
import { defaultPlanId, type Role } from '../../contract/pools.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import type { KeyPair } from '../../crypto/keys.ts'
import type { Bee } from '../../state/bee.ts'
import { DirectoryEdits } from './directory-edits.ts'
import { envelopeFor } from './envelopes.ts'
import { readDirectory } from './membership.ts'
import type { DirectorySnapshot } from './directory-snapshot.ts'
import {
  deviceRecordSchema,
  directoryKeys,
  envelopeKeys,
  inviteRecordSchema,
  poolRecordSchema,
  refusalRecordSchema,
  type DeviceRecord,
  type EpochRecord,
  type InviteRecord,
  type MemberRecord,
  type PoolRecord,
  type ReadKeys,
} from './records.ts'
import { envelopesFor } from './rotation.ts'
import { signedFromText } from './signed-text.ts'

const staleAfterDays = 14

/**
 * Writes a pool's directory and envelopes. Only the manager has one: the device that the header names.
 */
export class PoolAuthor {
  /** Changes that people make to a pool that exists. */
  readonly edits: DirectoryEdits

  constructor(
    /** The key that speaks for the pool. */
    private readonly authority: KeyPair,
    private readonly directory: Bee,
    private readonly envelopes: Bee,
    private readonly readKeys: ReadKeys,
    private readonly self: {
      readonly poolId: PoolId
      readonly name: string
      readonly deviceId: DeviceId
      /** Of the key that speaks for the pool. */
      readonly generation: number
    },
  ) {
    this.edits = new DirectoryEdits(directory)
  }

  /** Writes the first records of a new pool. */
  async found(pool: { kind: PoolRecord['kind']; owner: AccountId; username: string; nowMs: number }): Promise<void> {
    const { kind, owner, username, nowMs } = pool
    const manager = { coordinator: null, coordinatorBefore: null }
    const record: PoolRecord = { name: this.self.name, kind, createdAtMs: nowMs, staleAfterDays, ...manager }
    const member: MemberRecord = {
      accountId: owner,
      username,
      role: 'owner',
      planId: defaultPlanId,
      state: 'active',
      joinedAtMs: nowMs,
      inviteId: null,
      decidedAtMs: nowMs,
    }
    await this.directory.update([
      [directoryKeys.pool, () => record],
      [directoryKeys.members + owner, () => member],
      [directoryKeys.beat, () => ({ atMs: nowMs })],
    ])
    await this.envelopes.put(envelopeKeys.epoch, { current: this.readKeys.epoch })
  }

  /** Writes the records of an earlier directory into this one, and seals the new read keys to its devices. */
  async adopt(records: DirectorySnapshot['records'], nowMs: number): Promise<void> {
    await this.directory.update([
      ...records.map(({ key, value }) => [key, () => value] as const),
      [directoryKeys.beat, () => ({ atMs: nowMs })],
    ])
    const directory = await readDirectory(this.directory)
    if (!directory) throw new Error('A backup that was checked holds a directory')
    const epoch: EpochRecord = { current: this.readKeys.epoch }
    await this.envelopes.update([...envelopesFor(this.readKeys, directory), [envelopeKeys.epoch, () => epoch]])
  }

  /** Writes the time, by which readers tell how long the manager has been away (`staleAfterDays`). */
  async beat(nowMs: number): Promise<void> {
    await this.directory.put(directoryKeys.beat, { atMs: nowMs })
  }

  /** Makes an invite. The link is a secret and goes to the caller only: all members read the directory. */
  async createInvite(grant: {
    role: 'member' | 'guest'
    planId: PlanId
    usesAllowed: number
    lifetimeMs: number
    /** The name of whoever invites. */
    inviter: string
    nowMs: number
  }): Promise<{ record: InviteRecord; link: string }> {
    const { role, planId, usesAllowed, lifetimeMs, inviter, nowMs } = grant
    const pool = await this.directory.get(directoryKeys.pool, poolRecordSchema)
    const invite = createInvite(this.authority, {
      pool: this.self.poolId,
      generation: this.self.generation,
      poolName: pool?.name ?? this.self.name,
      inviter,
      role,
      plan: planId,
      usesAllowed,
      createdAtMs: nowMs,
      lifetimeMs,
      writerDevice: this.self.deviceId,
    })
    const record: InviteRecord = {
      inviteId: invite.inviteId,
      role,
      planId,
      usesAllowed,
      expiresAtMs: invite.expiresAtMs,
      isRevoked: false,
      spentBy: [],
    }
    await this.directory.put(directoryKeys.invites + invite.inviteId, record)
    return { record, link: inviteLink(invite) }
  }

  /** Confirms an acceptance, or records why it is refused. Counting and admitting are one atomic step. */
  async confirm(
    certificate: InviteCertificate,
    who: { accountId: AccountId; username: string; nowMs: number },
  ): Promise<Result<Role>> {
    const key = directoryKeys.invites + certificate.inviteId
    const invite = await this.directory.get(key, inviteRecordSchema)
    if (!invite) return fail('invite_forged')
    const refused = await this.directory.get(directoryKeys.refused + who.accountId, refusalRecordSchema)
    // A removed account can only come back by an invite that was made afterwards.
    if (refused?.code === 'member_removed' && certificate.createdAtMs <= refused.atMs) return fail(refused.code)
    // An account can use an invite once: coming back after leaving takes another.
    const isSpent = invite.spentBy.length >= invite.usesAllowed || invite.spentBy.includes(who.accountId)
    const refusal = invite.isRevoked ? 'invite_revoked' : isSpent ? 'invite_spent' : null
    if (refusal) {
      await this.directory.put(directoryKeys.refused + who.accountId, { code: refusal, atMs: who.nowMs })
      return fail(refusal)
    }
    const member: MemberRecord = {
      accountId: who.accountId,
      username: who.username,
      role: invite.role,
      planId: invite.planId,
      state: 'active',
      joinedAtMs: who.nowMs,
      inviteId: certificate.inviteId,
      // An invite made after an admin's decision is a later one; one made before does not undo it.
      decidedAtMs: certificate.createdAtMs,
    }
    await this.directory.update([
      [key, () => ({ ...invite, spentBy: [...invite.spentBy, who.accountId] })],
      [directoryKeys.members + who.accountId, () => member],
      [directoryKeys.refused + who.accountId, () => undefined],
    ])
    return ok(invite.role)
  }

  /** Records a member's device in the directory and seals the read keys to it. */
  async admitDevice(device: {
    deviceId: DeviceId
    accountId: AccountId
    serviceKey: string
    role: Role
  }): Promise<void> {
    const { deviceId, accountId, serviceKey, role } = device
    const key = directoryKeys.devices + deviceId
    const known = await this.directory.get(key, deviceRecordSchema)
    if (known?.serviceKey !== serviceKey) {
      const record: DeviceRecord = { deviceId, accountId, serviceKey, statement: null, isGateway: false }
      await this.directory.put(key, record)
    }
    const envelope = envelopeFor(this.readKeys, deviceId, role === 'guest')
    if (envelope) await this.envelopes.update([envelope])
  }

  /** Records which cores a device writes; a statement for an earlier epoch never replaces a later one. */
  async recordStatement(deviceId: DeviceId, text: string): Promise<void> {
    const next = statementOf(text)
    const key = directoryKeys.devices + deviceId
    const known = await this.directory.get(key, deviceRecordSchema)
    if (!known || !next) return
    const current = known.statement === null ? null : statementOf(known.statement)
    if (current && next.readEpoch < current.readEpoch) return
    // A core belongs to the first device that names it; otherwise a device could claim another's records as its own.
    const devices = await this.directory.list(directoryKeys.devices, deviceRecordSchema)
    const isTaken = devices.some(({ value }) => value.deviceId !== deviceId && namesSameCore(value, next))
    if (isTaken) return
    // A device makes a new statement at every start; it is written only if its contents differ.
    const isSame =
      current?.readEpoch === next.readEpoch &&
      current.memberCore === next.memberCore &&
      current.usageCore === next.usageCore &&
      current.serviceKey === next.serviceKey
    if (!isSame) await this.directory.put(key, { ...known, statement: text })
  }
}

function statementOf(text: string): DeviceStatement | null {
  const signed = signedFromText(text)
  return signed ? verifyDeviceStatement(signed) : null
}

function namesSameCore({ statement }: DeviceRecord, next: DeviceStatement): boolean {
  const other = statement === null ? null : statementOf(statement)
  const cores = [other?.memberCore, other?.usageCore]
  return cores.includes(next.memberCore) || cores.includes(next.usageCore)
}

/** The plan a certificate names; the default if that is no valid plan id. */
export function planOfCertificate({ plan }: InviteCertificate): PlanId {
  const planId = planIdSchema.safeParse(plan)
  return planId.success ? planId.data : defaultPlanId
}
