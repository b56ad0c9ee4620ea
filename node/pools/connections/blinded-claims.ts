import { keyOf } from '../../accounts/ids.ts'
import type { DeviceId, PoolId } from '../../contract/ids.ts'
import { toHex } from '../../crypto/encoding.ts'
import { hash } from '../../crypto/hash.ts'
import type { Pool } from '../pool/pool.ts'

export interface BlindedClaimsOptions {
  readonly handshakeHash: Uint8Array
  readonly selfDeviceId: DeviceId
  /** The device at the other end. */
  readonly deviceId: DeviceId
  readonly pools: () => Iterable<Pool>
}

/** Blinded names of pools on one connection: only a device that knows the pool recognises them. */
export class BlindedClaims {
  constructor(private readonly options: BlindedClaimsOptions) {}

  /** The name under which we send a pool. */
  ours({ poolId }: Pick<Pool, 'poolId'>): string {
    return this.#blind(poolId, this.options.selfDeviceId)
  }

  /** The name under which the other side sends a pool. */
  theirs({ poolId }: Pick<Pool, 'poolId'>): string {
    return this.#blind(poolId, this.options.deviceId)
  }

  /** The pool behind the other side's name; undefined where we are not in it. */
  poolOf(blind: string): Pool | undefined {
    return [...this.options.pools()].find((pool) => this.theirs(pool) === blind)
  }

  // The sender's key is hashed too, so that a stranger cannot send our own claims back to us.
  #blind(poolId: PoolId, sender: DeviceId): string {
    return toHex(hash('kith/claim/1', keyOf(poolId), this.options.handshakeHash, keyOf(sender)))
  }
}
