import { speaksFor } from '../access/gateway-role.ts'
import { keyStateAt, refusalOfKeyPlace, refusalOfMissingKey, refusalOfShownKey } from '../access/keys.ts'
import { whenAborted } from '../base/deadline.ts'
import { healthy, type Facility, type Health } from '../base/facility.ts'
import { joinSignals } from '../base/joined-signal.ts'
import { Listeners } from '../base/listeners.ts'
import type { Log } from '../base/log.ts'
import { Serial } from '../base/serial.ts'
import { tagOf, type AccountId, type DeviceId, type KeyId, type PoolId } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { DeviceBee } from '../pools/pool/device-bees.ts'
import type { Bee } from '../state/bee.ts'
import { KeyFollower } from './key-follower.ts'
import { KeyIndex } from './key-index.ts'
import type { KeyPool, KeyPools } from './key-pools.ts'
import type { KeyChecker, KeyPrincipal, KnownKey } from './key-principal.ts'
import { keyPrefix, type HeldKey } from './key-record.ts'
import { matchSecret } from './key-secret.ts'
import { KeptKeys } from './kept-keys.ts'
import { MemberTags } from './member-tags.ts'
import { parseKey, type KeyNames, type ParsedKey } from './key-text.ts'
import { OwnKeys, principalOf } from './own-keys.ts'

/** Accounts with the same tag are all tried. More of them than this are an attack, not chance. */
const maxCandidates = 8

export interface KeyBookOptions {
  readonly accountId: AccountId
  readonly deviceId: DeviceId
  readonly labelKey: Uint8Array
  /** Devices this install was before its profile was copied or restored. */
  readonly retired: readonly DeviceId[]
  readonly pools: KeyPools
  /** The local store, which outlives a device key. */
  readonly local: Bee
  /** A rebuildable index of its own; see index-store.ts. */
  readonly index: Bee
  /** Whether this device may check the keys of other members. */
  readonly isGatewayHere: (poolId: PoolId) => boolean
  readonly nowMs: () => number
  readonly log: Log
}

interface Candidate {
  readonly pool: KeyPool
  readonly names: KeyNames
}

/** All API keys this install knows of, checked from a local index that follows the bees of all devices. */
export class KeyBook implements Facility, KeyChecker {
  readonly name = 'key-book'
  readonly needs = ['pools']
  readonly own: OwnKeys
  readonly #index: KeyIndex
  readonly #follower: KeyFollower
  readonly #members = new MemberTags()
  readonly #listeners = new Listeners()
  readonly #kept: KeptKeys
  readonly #serial = new Serial()

  constructor(private readonly options: KeyBookOptions) {
    this.own = new OwnKeys(options)
    this.#index = new KeyIndex(options.index)
    this.#kept = new KeptKeys(options.local)
    this.#follower = new KeyFollower({
      pools: options.pools,
      index: this.#index,
      log: options.log,
      onPool: (pool) => this.#inTurn(() => this.#loadOwn(pool)),
      onOwnBee: (pool, own) => this.#inTurn(() => this.#carryOver(pool, own)),
      onKeys: (poolId, accountId, changed) => this.#changed(poolId, accountId, changed),
    })
  }

  async start(): Promise<void> {
    await this.#index.open()
    this.#follower.start()
    await this.#serial.idle()
  }

  async stop(): Promise<void> {
    await this.#follower.stop()
    await this.#serial.idle()
  }

  health(): Health {
    return healthy
  }

  /** Keys of the signed-in account have changed. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** The principal of a plain key. Waits, for a bounded time, only when the key is not found. */
  async check(plainKey: string, signal: AbortSignal): Promise<Result<KeyPrincipal>> {
    const parsed = parseKey(plainKey)
    if (!parsed.ok) return parsed
    const pools = [...this.options.pools.all()].filter(({ poolId }) => tagOf(poolId) === parsed.value.poolTag)
    const servesAccount = pools.some((pool) => this.#servesHere(pool, parsed.value))
    const refusal = refusalOfKeyPlace({ isInPool: pools.length > 0, servesAccount })
    if (refusal) return { ok: false, error: refusal }
    const candidates = pools.flatMap((pool) => this.#candidates(pool, parsed.value)).slice(0, maxCandidates)
    const found = await this.#find(candidates, parsed.value)
    if (found) return found
    await this.#refresh(candidates, signal)
    if (signal.aborted) return fail('stopped')
    const late = await this.#find(candidates, parsed.value)
    if (late) return late
    const isAllKnown =
      pools.every((pool) => pool.directory !== null) &&
      candidates.every(({ pool, names }) => this.#follower.isSettled(pool, names.accountId))
    return { ok: false, error: refusalOfMissingKey({ isAllKnown }) }
  }

  async get(accountId: AccountId, keyId: KeyId): Promise<KnownKey | null> {
    for (const { poolId } of this.options.pools.all()) {
      const held = await this.#index.get(poolId, accountId, keyId)
      if (!held) continue
      const state = keyStateAt(held.record, this.options.nowMs())
      return { ...principalOf({ poolId, accountId, keyId }, held.record), state }
    }
    return null
  }

  /** Indexes what this device has just written into its own bees. */
  async readOwn(pool: KeyPool): Promise<void> {
    const own = pool.bees.all.filter(({ kind, isOwn }) => kind === 'member' && isOwn)
    for (const source of own) await this.#follower.readNow(pool, source)
  }

  /** The first candidate whose secret matches. Tries all of them, so that timing does not tell which. */
  async #find(candidates: readonly Candidate[], parsed: ParsedKey): Promise<Result<KeyPrincipal> | null> {
    let found: Result<KeyPrincipal> | null = null
    for (const { pool, names } of candidates) {
      const held = await this.#index.get(names.poolId, names.accountId, names.keyId)
      const match = matchSecret(names, parsed.secret, held?.record ?? null)
      if (held && match) found ??= this.#judge(pool, names, held, match)
    }
    return found
  }

  #judge(pool: KeyPool, names: KeyNames, held: HeldKey, match: 'current' | 'previous'): Result<KeyPrincipal> {
    if (pool.ending) return { ok: false, error: pool.ending }
    const nowMs = this.options.nowMs()
    const { record } = held
    const refusal = refusalOfShownKey({
      state: keyStateAt(record, nowMs),
      isReplaced: match === 'previous' && nowMs >= (record.previous?.untilMs ?? 0),
      isOwnAccount: names.accountId === this.options.accountId,
      account: pool.standing(names.accountId)?.state ?? null,
      poolName: pool.directory?.pool.name ?? tagOf(pool.poolId),
    })
    return refusal ? { ok: false, error: refusal } : ok(principalOf(names, record))
  }

  /** The accounts a key may belong to, among those whose keys work on this device. */
  #candidates(pool: KeyPool, { accountTag, keyId }: ParsedKey): Candidate[] {
    const { accountId, isGatewayHere } = this.options
    const { poolId } = pool
    const own = tagOf(accountId) === accountTag ? [accountId] : []
    const members = isGatewayHere(poolId) ? this.#members.withTag(pool, accountTag) : []
    return [...own, ...members.filter((member) => member !== accountId)].map((account) => ({
      pool,
      names: { poolId, accountId: account, keyId },
    }))
  }

  #servesHere(pool: KeyPool, { accountTag }: ParsedKey): boolean {
    const { accountId, isGatewayHere } = this.options
    return speaksFor({ isOwnDevice: tagOf(accountId) === accountTag, isGateway: isGatewayHere(pool.poolId) })
  }

  async #refresh(candidates: readonly Candidate[], signal: AbortSignal): Promise<void> {
    const refreshes = candidates.map(({ pool, names }) => this.#follower.refresh(pool, names.accountId))
    const joined = joinSignals([signal])
    await Promise.race([Promise.all(refreshes), whenAborted(joined)])
    joined.clear()
  }

  async #loadOwn(pool: KeyPool): Promise<void> {
    const { accountId } = this.options
    await this.#index.absorb(pool.poolId, accountId, await this.#kept.list(pool.poolId))
    const keys = await this.#index.list(pool.poolId, accountId)
    this.#changed(pool.poolId, accountId, new Map(keys.map(({ keyId, held }) => [keyId, held])))
  }

  /** Copies keys that this install wrote under an earlier device key into its present bee. */
  async #carryOver(pool: KeyPool, { bee }: DeviceBee): Promise<void> {
    const { retired } = this.options
    const carried = this.own.of(pool.poolId).filter(({ held }) => retired.includes(held.deviceId))
    if (carried.length === 0) return
    await bee.update(
      carried.map(({ keyId, record }) => [keyPrefix + keyId, (stored: unknown) => stored ?? record] as const),
    )
  }

  #changed(poolId: PoolId, accountId: AccountId, changed: ReadonlyMap<KeyId, HeldKey>): void {
    if (accountId !== this.options.accountId || changed.size === 0) return
    for (const [keyId, held] of changed) this.own.set(poolId, keyId, held)
    this.#inTurn(() => this.#kept.keep(poolId, changed))
    this.#listeners.emit()
  }

  #inTurn(step: () => Promise<void>): void {
    this.#serial.run(step).catch((cause: unknown) => {
      this.options.log.warn({ cause }, 'own keys could not be kept')
    })
  }
}
