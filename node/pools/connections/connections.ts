import type { AccountId, DeviceId, PoolId } from '../../contract/ids.ts'
import { fromHex } from '../../crypto/encoding.ts'
import type { PoolConnection } from '../../net/pool-connection.ts'
import { areUnread } from '../../protocol/outflow.ts'
import type { RemoteMachine } from '../../protocol/machines.ts'
import { ConnectionSession, type ConnectionSessionOptions } from './connection-session.ts'
import type { Pool } from '../pool/pool.ts'

/** Machines whose name is remembered. */
const maxNames = 512

export interface ConnectionsOptions extends Omit<ConnectionSessionOptions, 'connection' | 'onCheck'> {
  /** A connection was opened or closed, or its state changed. */
  readonly onChange: () => void
}

/** The connections to the devices of all pools. */
export class Connections {
  readonly #sessions = new Set<ConnectionSession>()
  /** What machines called themselves last, for those that are gone. */
  readonly #names = new Map<DeviceId, string>()

  constructor(private readonly options: ConnectionsOptions) {}

  get all(): ReadonlySet<ConnectionSession> {
    return this.#sessions
  }

  add(connection: PoolConnection): void {
    const session: ConnectionSession = new ConnectionSession({
      ...this.options,
      connection,
      onCheck: () => this.#endUnread(session),
      onChange: () => {
        if (session.capabilities) this.#keepName(session.deviceId, session.capabilities.machineName)
        if (connection.isClosed) this.#sessions.delete(session)
        this.options.onChange()
      },
    })
    this.#sessions.add(session)
  }

  /** What a machine called itself last; undefined where it never said. */
  nameOf(deviceId: DeviceId): string | undefined {
    return this.#names.get(deviceId)
  }

  /** The name that an account goes by on a connection that stands. */
  usernameOf(accountId: AccountId): string | undefined {
    for (const { applicant } of this.#sessions) if (applicant?.accountId === accountId) return applicant.username
    return undefined
  }

  /** All devices of an account share what may wait for them unread. */
  #endUnread({ applicant }: ConnectionSession): void {
    if (!applicant) return
    const all = [...this.#sessions].filter((session) => session.applicant?.accountId === applicant.accountId)
    if (areUnread(all.map(({ outflow }) => outflow))) for (const session of all) session.cutOff()
  }

  #keepName(deviceId: DeviceId, name: string): void {
    this.#names.delete(deviceId)
    this.#names.set(deviceId, name)
    const [oldest] = this.#names.keys()
    if (this.#names.size > maxNames && oldest) this.#names.delete(oldest)
  }

  /** Connected devices with at least one open pool that are heard from. */
  machines(): readonly RemoteMachine[] {
    const machines = new Map<DeviceId, RemoteMachine>()
    for (const { deviceId, applicant, openPools, capabilities, isQuiet } of this.#sessions) {
      const serviceKey = applicant ? fromHex(applicant.serviceKey) : null
      if (!applicant || !serviceKey || isQuiet || openPools.length === 0) continue
      const name = capabilities?.machineName ?? applicant.username
      machines.set(deviceId, { deviceId, serviceKey, name, poolIds: openPools, capabilities })
    }
    return [...machines.values()]
  }

  /** Connections that are open in a pool. */
  in(poolId: PoolId): ConnectionSession[] {
    return [...this.#sessions].filter(({ openPools }) => openPools.includes(poolId))
  }

  /** The connection to a pool's manager; undefined while there is none. */
  toManager(pool: Pool): ConnectionSession | undefined {
    return this.in(pool.poolId).find(({ deviceId, isQuiet }) => deviceId === pool.header?.directoryWriter && !isQuiet)
  }

  /** Whether a connection has no open pool yet, or one whose other side is quiet may still be heard again. */
  get isMeeting(): boolean {
    return [...this.#sessions].some(({ openPools, isHeld, isQuiet }) => !isHeld && (isQuiet || openPools.length === 0))
  }

  pushCapabilities(): void {
    for (const session of this.#sessions) session.sendCapabilities()
  }

  /** Sends our claims again, after a pool was added. */
  claim(): void {
    for (const session of this.#sessions) session.claim()
  }

  /** Judges every connected device again after a pool changed. */
  review(pool: Pool): void {
    for (const session of this.#sessions) session.review(pool)
  }

  /** Offers a core that was added to a pool. */
  attachAll(pool: Pool): void {
    for (const session of this.#sessions) session.attachAll(pool)
  }

  /** Closes every connection of an account, before the record that suspends or removes it is written. */
  cut(accountId: AccountId): void {
    for (const session of this.#sessions) if (session.applicant?.accountId === accountId) session.cut()
  }
}
