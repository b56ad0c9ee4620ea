import type { Identity } from '../accounts/identity.ts'
import type { Log } from '../base/log.ts'
import type { AccountId, DeviceId, KeyId, PoolId } from '../contract/ids.ts'
import { noUsage, type UsageTotals } from '../contract/usage.ts'
import type { AppState } from '../contract/state.ts'
import type { EngineHub } from '../engines/engine-hub.ts'
import type { Used } from '../limits/grantor/take-over.ts'
import type { Pools } from '../pools/pools.ts'
import type { ServiceClients } from '../protocol/service/service-client.ts'
import type { Bee } from '../state/bee.ts'
import { ClockWatch } from '../usage/clock-watch.ts'
import { UsageLedger } from '../usage/usage-ledger.ts'
import { GatewayReceipts } from '../gateway/receipts.ts'
import { ProcessorReceipts } from '../processor/receipts.ts'

export interface SessionUsageOptions {
  readonly identity: Identity
  readonly pools: Pools
  readonly clients: Pick<ServiceClients, 'call'>
  readonly local: Bee
  readonly index: Bee
  readonly hub: Pick<EngineHub, 'models'>
  readonly isGateway: (poolId: PoolId, deviceId: DeviceId) => boolean
  /** Names of the account's own keys. */
  readonly keyName: (keyId: string) => string | null
  /** Whose clock is off has changed. */
  readonly onClocks: () => void
  readonly log: Log
}

/** Receipts and usage of a session: the ledger, and what gateway and processor write into it. */
export class SessionUsage {
  readonly ledger: UsageLedger
  readonly ofGateway: GatewayReceipts
  readonly ofProcessor: ProcessorReceipts
  readonly clocks: ClockWatch

  constructor(private readonly options: SessionUsageOptions) {
    const { identity, pools, clients, local, index, hub, isGateway, log } = options
    const { accountId, deviceId: selfDeviceId } = identity
    const nowMs = Date.now
    this.ledger = new UsageLedger({
      identity,
      pools: () => pools.all(),
      machines: pools,
      clients,
      local,
      index,
      isGateway,
      names: {
        account: (id) => pools.names.person(id as AccountId),
        key: options.keyName,
        machine: (id) => pools.names.machine(id as DeviceId),
        machineLabel: (id) => pools.names.label(id as DeviceId),
        accountOfMachine: (id) => pools.names.accountOf(id as DeviceId),
      },
      timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
      nowMs,
      log,
    })
    this.clocks = new ClockWatch({
      accountId,
      accountOf: (id) => pools.names.accountOf(id),
      machineName: (id) => pools.names.label(id) ?? id.slice(0, 6),
      onChange: options.onClocks,
    })
    const onClock = (id: DeviceId, itsMs: number, atMs: number): void => this.clocks.hear(id, itsMs, atMs)
    const receipts = { poolOf: (poolId: PoolId) => this.ledger.pool(poolId), selfDeviceId, accountId, nowMs, log }
    this.ofGateway = new GatewayReceipts({ ...receipts, onClock })
    const digestOf = (model: string): string => hub.models().find(({ name }) => name === model)?.digest ?? ''
    this.ofProcessor = new ProcessorReceipts({ ...receipts, digestOf })
  }

  slice(): AppState['usage'] {
    const { revision, queries: answers } = this.ledger
    const clocks = this.clocks.problems()
    return { revision, servedToday: answers.today('served'), consumedToday: answers.today('consumed'), clocks }
  }

  /** What a caller asked for; null for a person in a window, who has no key. */
  of(poolId: PoolId | null, keyId: KeyId | null): { today: UsageTotals; thisMonth: UsageTotals } {
    if (keyId === null || poolId === null) {
      return { today: this.ledger.queries.today('consumed'), thisMonth: this.ledger.queries.thisMonth('consumed') }
    }
    return this.ledger.queries.ofKey(poolId, keyId)
  }

  /** What a key has asked for in a stretch of time, as far as its receipts have come here. */
  usedIn(poolId: PoolId, keyId: KeyId, { startMs, endMs }: { startMs: number; endMs: number }): Used {
    const { requests, promptTokens, completionTokens } = this.ledger.queries.ofKeyIn(poolId, keyId, startMs, endMs)
    return { requests, tokens: promptTokens + completionTokens }
  }
}

export const nothingUsed: AppState['usage'] = { revision: 0, servedToday: noUsage, consumedToday: noUsage, clocks: [] }
