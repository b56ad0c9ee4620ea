import { speaksFor, type Speaker } from '../access/gateway-role.ts'
import { holdsLimit, mayCarry, mayLook, trustOf, type HolderTrust } from '../access/limits.ts'
import { standingIn, type Caller, type Standing } from '../access/standing.ts'
import type { Identity } from '../accounts/identity.ts'
import type { Log } from '../base/log.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import type { LimitState } from '../contract/limits.ts'
import type { Role } from '../contract/pools.ts'
import type { Principal } from '../http/local-api-options.ts'
import type { KeyChecker, KeyPrincipal } from '../keys/key-principal.ts'
import { keySubject, keyTerms } from '../keys/key-terms.ts'
import { LimitService } from '../limits/limit-service.ts'
import type { LimitSubject, LimitTerms } from '../limits/limiter.ts'
import type { Used } from '../limits/grantor/take-over.ts'
import type { PoolTerms } from '../pools/pool-terms.ts'
import type { Pools } from '../pools/pools.ts'
import type { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import type { ServiceClients } from '../protocol/service/service-client.ts'
import type { Bee } from '../state/bee.ts'
import { GatewayLimits } from '../gateway/key-limits.ts'
import { ProcessorLimits } from '../processor/plan-limits.ts'

export interface SessionLimitsOptions {
  readonly identity: Identity
  readonly local: Bee
  readonly pools: Pools
  readonly terms: PoolTerms
  readonly clients: ServiceClients
  readonly keys: KeyChecker
  readonly estimates: PromptEstimates
  /** What receipts say that a key has used in a stretch of time. */
  readonly usedIn: (poolId: PoolId, keyId: KeyId, range: { startMs: number; endMs: number }) => Used
  readonly log: Log
  /** How limits stand has changed. */
  readonly onChange: (subject: LimitSubject) => void
}

/** How a caller stands in the pool of a subject; null where it is not in it. */
function stateOf({ poolId }: LimitSubject, caller: Caller): Standing['state'] | null {
  return standingIn(caller, poolId)?.state ?? null
}

/** How often the window hears of limits that change all the time. */
const announceMs = 200

/** The limits of a session: of its account's keys, and of members on their plans. */
export class SessionLimits {
  readonly service: LimitService
  readonly ofGateway: GatewayLimits
  readonly ofProcessor: ProcessorLimits
  #announcing: NodeJS.Timeout | undefined
  #changed = new Map<string, LimitSubject>()

  constructor(private readonly options: SessionLimitsOptions) {
    const { identity, local, pools, clients, keys, estimates, log } = options
    const { accountId } = identity
    const planOf = (subject: LimitSubject): LimitTerms => this.#planOf(subject)
    this.service = new LimitService({
      selfDeviceId: identity.deviceId,
      deviceSecretKey: identity.device.secretKey,
      bee: local,
      nowMs: Date.now,
      machines: pools,
      clients,
      machineName: (deviceId) => this.#machineName(deviceId),
      termsOf: (subject) => this.#termsOf(subject),
      trustOf: (subject, caller) => this.#trustOf(subject, caller),
      mayLook: (subject, caller) => mayLook({ ...this.#speaker(subject, caller), state: stateOf(subject, caller) }),
      mayCarry: (subject, caller) => mayCarry(subject.kind, this.#speaker(subject, caller)),
      speaksFor: (subject, deviceId) => this.#speaksFor(subject, deviceId),
      partyOf: (subject, deviceId) => this.#partyOf(subject, deviceId),
      holders: (subject) => this.#holders(subject),
      usedIn: ({ poolId, keyId }, window) => (keyId === null ? null : options.usedIn(poolId, keyId, window)),
      log,
    })
    this.ofGateway = new GatewayLimits({ accountId, limits: this.service, keys, planOf, estimates })
    this.ofProcessor = new ProcessorLimits({ accountId, limits: this.service, planOf, estimates })
    this.service.onChange((subject) => this.#announceSoon(subject))
  }

  keyStates(key: KeyPrincipal): LimitState[] {
    return this.service.states(keySubject(key), keyTerms(key))
  }

  /** How the account stands against its plan in a pool, as far as its coordinator has told this device. */
  planStates(poolId: PoolId, accountId: AccountId): LimitState[] {
    const subject: LimitSubject = { kind: 'member', poolId, accountId, keyId: null }
    return this.service.states(subject, this.#planOf(subject))
  }

  /** How the limits of a caller over HTTP stand. */
  statesOf({ accountId, keyId, poolId, terms }: Principal): LimitState[] {
    if (!keyId || !poolId || !terms) return []
    return this.service.states({ kind: 'key', poolId, accountId, keyId }, terms)
  }

  stop(): void {
    clearTimeout(this.#announcing)
  }

  async #termsOf(subject: LimitSubject): Promise<LimitTerms | null> {
    const { kind, accountId, keyId, poolId } = subject
    if (kind === 'member') {
      // One count a member, and none of accounts that have no place: each would begin with the whole limit.
      const isMember = keyId === null && this.options.pools.get(poolId)?.standing(accountId)
      return isMember ? this.#planOf(subject) : null
    }
    const key = keyId && (await this.options.keys.get(accountId, keyId))
    return key && key.poolId === poolId ? keyTerms(key) : null
  }

  #planOf({ poolId, accountId }: LimitSubject): LimitTerms {
    const { limits, limitMode, timeZone } = this.options.terms.planOf(poolId, accountId)
    const { terms } = this.options
    const before = terms.coordinatorBefore(poolId)
    return { limits, limitMode, timeZone, grantors: terms.coordinatorsOf(poolId), before }
  }

  #trustOf(subject: LimitSubject, caller: Caller): HolderTrust {
    const { pools } = this.options
    const machine = pools.list().find(({ deviceId }) => deviceId === caller.deviceId)
    return trustOf(subject.kind, {
      ...this.#speaker(subject, caller),
      state: stateOf(subject, caller),
      role: standingIn(caller, subject.poolId)?.role ?? null,
      isSharing: machine?.capabilities?.isSharing === true,
    })
  }

  #speaksFor({ poolId, accountId }: LimitSubject, deviceId: DeviceId): boolean {
    const { terms } = this.options
    const isOwnDevice = terms.deviceIdsOf(poolId, accountId).includes(deviceId)
    return speaksFor({ isOwnDevice, isGateway: terms.isGateway(poolId, deviceId) })
  }

  /** Devices of one account hold for one party; those of a key's own account each for itself. */
  #partyOf({ kind, poolId, accountId }: LimitSubject, deviceId: DeviceId): string {
    const owner = this.options.pools.get(poolId)?.directory?.devices.get(deviceId)?.accountId
    return owner === undefined || (kind === 'key' && owner === accountId) ? deviceId : owner
  }

  #speaker({ poolId, accountId }: LimitSubject, caller: Caller): Speaker {
    const isGateway = this.options.terms.isGateway(poolId, caller.deviceId)
    return { isOwnDevice: caller.accountId === accountId, isGateway }
  }

  #holders({ kind, poolId, accountId }: LimitSubject): readonly DeviceId[] {
    const { terms, pools } = this.options
    const pool = pools.get(poolId)
    const own = new Set(terms.deviceIdsOf(poolId, accountId))
    const roleOf = (id: DeviceId): Role | null => {
      const owner = pool?.directory?.devices.get(id)?.accountId
      return owner === undefined ? null : (pool?.standing(owner)?.role ?? null)
    }
    const holds = (id: DeviceId): boolean =>
      holdsLimit(kind, { isOwnDevice: own.has(id), isGateway: terms.isGateway(poolId, id), role: roleOf(id) })
    return terms.deviceIdsOf(poolId).filter(holds)
  }

  #machineName(deviceId: DeviceId): string {
    return this.options.pools.names.label(deviceId) ?? 'a computer that is not known here'
  }

  #announceSoon(subject: LimitSubject): void {
    this.#changed.set(JSON.stringify(subject), subject)
    this.#announcing ??= setTimeout(() => {
      this.#announcing = undefined
      const changed = [...this.#changed.values()]
      this.#changed.clear()
      for (const one of changed) this.options.onChange(one)
    }, announceMs)
  }
}
