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
import type { DirectorySnapshot } from './pool/directory-snapshot.ts'
import type { Pool } from './pool/pool.ts'
import { newReadKeys } from './pool/rotation.ts'
import { signedToText } from './pool/signed-text.ts'

/** The membership that the vault keeps of a new pool, with the pool's key. */
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

/** Who signs a header: the key that speaks for the pool, and how often the pool was handed over before. */
interface HeaderSigner {
  readonly key: KeyPair
  readonly generation: number
}

/**
 * A header that makes this device the writer of the pool's directory and envelopes.
 *
 * Its epoch is greater than `after` and at least the time in seconds, so that a pool that is created again
 * from a recovery phrase outranks the first one.
 */
export async function newHeader(
  membership: Membership,
  signer: HeaderSigner,
  identity: Identity,
  store: Corestore,
  nowMs: number,
  after = 0,
): Promise<SignedBytes> {
  const epoch = Math.max(after + 1, Math.floor(nowMs / 1_000))
  const core = (name: string): Promise<Uint8Array> =>
    coreKeyOf(store, coreKeyPair(identity.deviceSeed, membership.poolId, name, epoch))
  return createPoolHeader(signer.key, {
    pool: membership.poolId,
    generation: signer.generation,
    name: membership.poolName,
    kind: membership.kind,
    epoch,
    directoryWriter: identity.deviceId,
    directoryCore: toHex(await core('directory')),
    envelopeCore: toHex(await core('envelopes')),
  })
}

/** Writes the first state of a new pool: read keys, header, first records, and this device in the directory. */
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

/** Writes the records of an earlier directory as the new manager, with this device in them. Runs in the pool's queue. */
export async function adoptDirectory(
  pool: Pool,
  { identity }: { readonly identity: Identity },
  records: DirectorySnapshot['records'],
  nowMs: number,
): Promise<void> {
  const { author, statement } = pool
  if (!author || !statement) throw new Error('The header names this device as the writer')
  const { accountId, deviceId } = identity
  await author.adopt(records, nowMs)
  await author.admitDevice({ deviceId, accountId, serviceKey: toHex(identity.service.publicKey), role: 'owner' })
  await author.recordStatement(deviceId, signedToText(statement))
  await pool.refresh()
}
