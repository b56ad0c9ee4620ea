import { z } from 'zod'
import { unpackProof } from '../accounts/records/acceptance.ts'
import { deviceNameField, timeField } from '../accounts/records/fields.ts'
import { keyOf } from '../accounts/ids.ts'
import { verifyInvite } from '../accounts/records/invite.ts'
import { labelKeyOf } from '../accounts/vault/label-key.ts'
import { withHeardNames } from '../accounts/own-devices.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { membershipSchema, type Membership, type VaultContents } from '../accounts/vault/vault-contents.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import { deviceIdSchema, poolIdSchema, type DeviceId, type PoolId } from '../contract/ids.ts'
import { bytesOfText, fromBase64Url, textOfBytes, toBase64Url } from '../crypto/encoding.ts'
import { deriveSeed } from '../crypto/hash.ts'
import { openSecretBox, secretBox } from '../crypto/seal.ts'
import type { DeviceBee } from './pool/device-bees.ts'
import type { Pool } from './pool/pool.ts'
import type { Pools } from './pools.ts'
import { memberKeys, sealedNotesSchema } from './pool/records.ts'

/** Largest box that is written, in characters of base64url; a record may have a megabyte. */
const maxBoxLength = 900_000

const notesSchema = z.object({
  version: z.literal(1),
  devices: z
    .array(z.object({ device: deviceIdSchema, name: deviceNameField, namedAtMs: timeField.optional() }))
    .max(64),
  memberships: z.array(membershipSchema).max(200),
  /** Pools that the account has left, and when. */
  left: z.array(z.object({ poolId: poolIdSchema, atMs: timeField })).max(400),
})
type Notes = z.output<typeof notesSchema>

export interface AccountNotesOptions {
  readonly vault: Vault
  readonly pools: Pools
  readonly log: Log
  readonly nowMs: () => number
}

/**
 * Shares between the devices of one account which pools they are in and what each device is called.
 *
 * Each device writes its notes into its own bee of *My devices*, sealed under a key derived from the label
 * key. Secret keys of pools are left out: the other devices join as members and need none.
 */
export class AccountNotes implements Facility {
  readonly name = 'account-notes'
  readonly needs: readonly string[] = ['pools']
  readonly #serial = new Serial()
  readonly #left = new Map<PoolId, number>()
  #known: ReadonlySet<PoolId>
  #pool: Pool | null = null
  #unsubscribe: (() => void)[] = []
  #isStopped = false

  constructor(private readonly options: AccountNotesOptions) {
    this.#known = new Set(options.vault.contents.memberships.map(({ poolId }) => poolId))
  }

  start(): Promise<void> {
    const { pools, vault } = this.options
    this.#unsubscribe = [pools.onChange(() => this.#attach()), vault.onChange(() => this.#later(() => this.#write()))]
    this.#attach()
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    await this.#serial.idle()
  }

  health(): Health {
    return healthy
  }

  /** Follows *My devices* as soon as that pool is open. */
  #attach(): void {
    if (this.#pool) return
    this.#pool = [...this.options.pools.all()].find(({ membership }) => membership.kind === 'devices') ?? null
    if (this.#pool) this.#unsubscribe.push(this.#pool.bees.follow((opened) => this.#follow(opened)))
  }

  #follow(opened: DeviceBee): void {
    if (opened.kind !== 'member' || opened.accountId !== this.options.vault.accountId) return
    const { deviceId, bee, isOwn } = opened
    const read = async (): Promise<void> => {
      const stored = await bee.get(memberKeys.notes, sealedNotesSchema)
      const notes = stored ? this.#open(stored.box, deviceId) : null
      if (notes) await this.#take(notes, deviceId)
    }
    this.#later(read)
    if (isOwn) this.#later(() => this.#write())
    else this.#unsubscribe.push(bee.onAppend(() => this.#later(read)))
  }

  async #write(): Promise<void> {
    const bee = this.#pool?.bees.own('member')?.bee
    const { vault, log } = this.options
    if (!bee) return
    this.#noteLeft(vault.contents.memberships)
    const notes: Notes = {
      version: 1,
      devices: vault.contents.devices.map(({ device, name, namedAtMs }) => ({ device, name, namedAtMs })),
      memberships: vault.contents.memberships.map((membership) => ({ ...membership, poolSecretKey: null })),
      left: [...this.#left].map(([poolId, atMs]) => ({ poolId, atMs })).slice(-400),
    }
    const text = JSON.stringify(z.encode(notesSchema, notes))
    const box = toBase64Url(secretBox(this.#key(), bytesOfText(text), contextOf(vault.identity.deviceId)))
    if (box.length > maxBoxLength) {
      log.warn('the notes of the account are too large to be passed on')
      return
    }
    const before = await bee.get(memberKeys.notes, sealedNotesSchema)
    // Sealing the same text gives a new box each time: writing it would only grow the core and wake the others.
    const known = before ? this.#openText(before.box, vault.identity.deviceId) : null
    if (known !== text) await bee.put(memberKeys.notes, { box })
  }

  /** Records pools that are gone from the vault as left, so that another device's notes do not bring them back. */
  #noteLeft(memberships: readonly Membership[]): void {
    const now = new Set(memberships.map(({ poolId }) => poolId))
    for (const poolId of this.#known) if (!now.has(poolId)) this.#left.set(poolId, this.options.nowMs())
    this.#known = now
  }

  async #take(notes: Notes, from: DeviceId): Promise<void> {
    for (const { poolId, atMs } of notes.left) this.#left.set(poolId, Math.max(atMs, this.#left.get(poolId) ?? 0))
    if (from === this.options.vault.identity.deviceId) return
    await this.#takeNames(notes, from)
    for (const membership of notes.memberships) await this.#join(membership)
  }

  /** Takes the latest names of the account's devices; another device may also have given this one its name. */
  async #takeNames(notes: Notes, from: DeviceId): Promise<void> {
    const { vault, nowMs } = this.options
    const named = (contents: VaultContents): VaultContents => withHeardNames(contents, from, notes.devices, nowMs())
    if (named(vault.contents) !== vault.contents) await vault.update(named)
  }

  async #join(membership: Membership): Promise<void> {
    const { pools, log } = this.options
    const leftAtMs = this.#left.get(membership.poolId) ?? -1
    if (this.#isStopped || pools.get(membership.poolId) || membership.kind !== 'shared') return
    if (leftAtMs >= membership.joinedAtMs) return
    const proof = membership.inviteProof ? unpackProof(membership.inviteProof) : null
    const certificate = proof ? verifyInvite(proof.certificate) : null
    const dial = certificate && keyOf(certificate.writerDevice)
    const opened = await pools.open({ ...membership, poolSecretKey: null }, dial)
    if (!opened.ok) {
      log.warn({ code: opened.error.code }, 'a pool that another device joined could not be opened')
      return
    }
    pools.connections.claim()
    await pools.remember({ ...membership, poolSecretKey: null })
  }

  #open(box: string, from: DeviceId): Notes | null {
    const text = this.#openText(box, from)
    try {
      const parsed = text === null ? null : notesSchema.safeParse(JSON.parse(text))
      return parsed?.success ? parsed.data : null
    } catch {
      // Sealed by a device of ours, but not JSON: written by a newer Kith.
      return null
    }
  }

  #openText(box: string, from: DeviceId): string | null {
    const bytes = fromBase64Url(box)
    const opened = bytes && openSecretBox(this.#key(), bytes, contextOf(from))
    return opened && textOfBytes(opened)
  }

  #key(): Uint8Array {
    return deriveSeed(labelKeyOf(this.options.vault.contents), 'kith/account-notes/1')
  }

  /** Failures are only logged: blocks may be missing while a device is away, and are read when they arrive. */
  #later(step: () => Promise<void>): void {
    if (this.#isStopped) return
    this.#serial
      .run(async () => (this.#isStopped ? undefined : step()))
      .catch((cause: unknown) => {
        if (!this.#isStopped) this.options.log.debug({ cause }, 'notes of the account')
      })
  }
}

function contextOf(device: DeviceId): Uint8Array {
  return bytesOfText(`kith/account-notes/1/${device}`)
}
