import type { LimitSubject, LimitTerms } from '../limits/limiter.ts'
import type { KeyPrincipal } from './key-principal.ts'

export function keySubject({
  poolId,
  accountId,
  keyId,
}: Pick<KeyPrincipal, 'poolId' | 'accountId' | 'keyId'>): LimitSubject {
  return { kind: 'key', poolId, accountId, keyId }
}

/** The limits of a key; its home device is their grantor. */
export function keyTerms(
  key: Pick<KeyPrincipal, 'limits' | 'limitMode' | 'timeZone' | 'homeDeviceId' | 'movedFrom'>,
): LimitTerms {
  const { limits, limitMode, timeZone, homeDeviceId, movedFrom } = key
  return { limits, limitMode, timeZone, grantors: [homeDeviceId], before: movedFrom }
}
