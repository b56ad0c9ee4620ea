import type Corestore from 'corestore'
import { coreKeyPair, type Identity } from '../accounts/identity.ts'
import { poolIdOf } from '../accounts/ids.ts'
import { createPoolHeader } from '../accounts/records/pool-header.ts'
import { toHex } from '../crypto/encoding.ts'
import { keyPairFromSeed, randomBytes, seedBytes, type KeyPair } from '../crypto/keys.ts'
import type { SignedBytes } from '../crypto/signed-record.ts'
import { coreKeyOf } from '../state/core-key.ts'
import type { Membership } from '../accounts/vault/vault-contents.ts'
import { nextEpoch } from './pool/key-ring.ts'
import type { Pool } from './pool/pool.ts'
import { newReadKeys } from './pool/rotation.ts'
import { signedToText } from './pool/signed-text.ts'

/** A new pool's key and what the vault keeps of it. */
export function newMembership(
  poolName: string,
  kind: Membership['kind'],
  joinedAtMs: number,
  poolKey: KeyPair = keyPairFromSeed(randomBytes(seedBytes)),
): Membership {
  return {
    poolId: poolIdOf(poolKey.publicKey),
    poolName,
    kind,
    poolSecretKey: poolKey.secretKey,
    inviteProof: null,
    joinedAtMs,
  }
}

/**
 * A header that makes this device the writer of the pool's directory and envelopes.
 *
 * It outranks the epoch `after`. Time is its floor, so that a pool made again from a recovery phrase
 * outranks its first making.
 */
export async function newHeader(
  membership: Membership,
  poolKey: KeyPair,
  identity: Identity,
  store: Corestore,
  nowMs: number,
  after = 0,
): Promise<SignedBytes> {
  const epoch = Math.max(after + 1, Math.floor(nowMs / 1_000))
  const core = (name: string): Promise<Uint8Array> =>
    coreKeyOf(store, coreKeyPair(identity.deviceSeed, membership.poolId, name, epoch))
  return createPoolHeader(poolKey, {
    name: membership.poolName,
    kind: membership.kind,
    epoch,
    directoryWriter: identity.deviceId,
    directoryCore: toHex(await core('directory')),
    envelopeCore: toHex(await core('envelopes')),
  })
}

/** Makes a just created pool real: read keys, header, first records, this device in the directory. */
export async function foundPool(
  pool: Pool,
  header: SignedBytes,
  founder: { readonly identity: Identity; readonly username: string; readonly nowMs: number },
): Promise<void> {
  const { identity, username, nowMs } = founder
  await pool.ring.add(newReadKeys(nextEpoch(0, nowMs)))
  await pool.followHeader(header)
  await pool.exclusively(async () => {
    const { author, statement } = pool
    if (!author || !statement) throw new Error('The founder of a pool writes its directory')
    const { accountId, deviceId } = identity
    await author.found({ kind: pool.membership.kind, owner: accountId, username, nowMs })
    await author.admitDevice({ deviceId, accountId, serviceKey: toHex(identity.service.publicKey), role: 'owner' })
    await author.recordStatement(deviceId, signedToText(statement))
    await pool.refresh()
  })
}
