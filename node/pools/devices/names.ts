import { cleanDeviceName } from '../../accounts/device-name.ts'
import type { Vault } from '../../accounts/vault/vault.ts'
import { tagOf, type AccountId, type DeviceId } from '../../contract/ids.ts'
import type { Connections } from '../connections/connections.ts'
import type { Pool } from '../pool/pool.ts'
import type { Callers } from './callers.ts'

export interface NamesOptions {
  readonly vault: Pick<Vault, 'accountId' | 'username' | 'contents' | 'identity'>
  readonly pools: () => Iterable<Pool>
  readonly connections: Pick<Connections, 'nameOf' | 'usernameOf'>
  readonly callers: Pick<Callers, 'accountOf'>
}

/** What the people and computers of our pools are called, also while they are away. */
export class Names {
  constructor(private readonly options: NamesOptions) {}

  /** The account of a device; null where it is not known. */
  accountOf(deviceId: DeviceId): AccountId | null {
    const { vault, callers, pools } = this.options
    if (this.#own(deviceId) !== undefined) return vault.accountId
    for (const { directory } of pools()) {
      const device = directory?.devices.get(deviceId)
      if (device) return device.accountId
    }
    return callers.accountOf(deviceId)
  }

  /** The name a person goes by; null for strangers. */
  person(accountId: AccountId): string | null {
    const { vault, pools, connections } = this.options
    if (accountId === vault.accountId) return vault.username
    for (const pool of pools()) {
      const name = pool.directory?.members.get(accountId)?.username ?? pool.seen(accountId)?.username
      if (name !== undefined) return name
    }
    // Before the directory has come, there is only what those say who are connected.
    return connections.usernameOf(accountId) ?? null
  }

  /** The person a device belongs to; null where it is one of our own account, or not known. */
  ownerOf(deviceId: DeviceId): string | null {
    const accountId = this.accountOf(deviceId)
    if (accountId === null || accountId === this.options.vault.accountId) return null
    // Nameless is still not our own.
    return this.person(accountId) ?? tagOf(accountId)
  }

  /** What a device is called; null where it has never said. Whose it is has to be said beside it. */
  machine(deviceId: DeviceId): string | null {
    const own = this.#own(deviceId)
    if (own !== undefined) return own
    const said = this.options.connections.nameOf(deviceId) ?? this.#inProfile(deviceId)
    return (said === undefined ? '' : cleanDeviceName(said)) || null
  }

  /** "Mia (Gaming PC)", or the computer alone where it is our own; null for devices of strangers. */
  label(deviceId: DeviceId): string | null {
    const accountId = this.accountOf(deviceId)
    if (accountId === null) return this.machine(deviceId)
    const machine = this.machine(deviceId)
    const owner = this.ownerOf(deviceId)
    if (owner === null) return machine
    return `${owner} (${machine ?? deviceId.slice(0, 6)})`
  }

  /** Whether a device shares while it is on, as it last said; undefined where it never said. */
  sharesWhenOn(deviceId: DeviceId): boolean | undefined {
    for (const { profiles } of this.options.pools()) {
      const isSharing = profiles.of(deviceId)?.isSharing
      if (isSharing !== undefined) return isSharing
    }
    return undefined
  }

  #own(deviceId: DeviceId): string | undefined {
    const { contents, identity } = this.options.vault
    if (deviceId === identity.deviceId) return contents.deviceName
    return contents.devices.find(({ device }) => device === deviceId)?.name
  }

  #inProfile(deviceId: DeviceId): string | undefined {
    for (const { profiles } of this.options.pools()) {
      const name = profiles.of(deviceId)?.machineName
      if (name !== undefined) return name
    }
    return undefined
  }
}
