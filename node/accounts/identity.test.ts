import { describe, expect, it } from 'vitest'
import { toHex } from '../crypto/encoding.ts'
import { randomBytes } from '../crypto/keys.ts'
import { coreKeyPair, identityOf, localStoreKey } from './identity.ts'
import { accountIdOf, poolIdOf } from './ids.ts'
import { devicesPoolKeyPair, entropyOf, newEntropy, phraseOf, rootKeyPair } from './vault/recovery-phrase.ts'

describe('a recovery phrase', () => {
  it('gives the root key back, in any case and spacing', () => {
    const entropy = newEntropy()
    const phrase = phraseOf(entropy)
    expect(phrase.split(' ')).toHaveLength(12)
    expect(entropyOf(`  ${phrase.toUpperCase().replaceAll(' ', '\n  ')} `)).toEqual({ ok: true, value: entropy })
  })

  it('is refused when a word is unknown, missing or one too many, or the checksum fails', () => {
    const phrase = phraseOf(new Uint8Array(16))
    const wrong = [
      '',
      phrase.replace('abandon', 'abandonn'),
      phrase.split(' ').slice(1).join(' '),
      `${phrase} about`,
      `${'abandon '.repeat(23)}art`,
      'abandon '.repeat(12),
    ]
    expect(wrong.map((text) => entropyOf(text).ok)).toEqual(wrong.map(() => false))
    expect(entropyOf('nonsense')).toMatchObject({ error: { code: 'phrase_invalid' } })
  })
})

describe('an identity', () => {
  const entropy = newEntropy()
  const deviceSeed = randomBytes(32)
  const accountId = accountIdOf(rootKeyPair(entropy).publicKey)

  it('uses a different key for everything', () => {
    const identity = identityOf({ accountId, entropy, deviceSeed })
    const poolIds = [poolIdOf(randomBytes(32)), poolIdOf(randomBytes(32))]
    const pairs = [
      identity.root,
      identity.device,
      identity.service,
      devicesPoolKeyPair(entropy),
      ...poolIds.flatMap((poolId) =>
        ['member', 'usage'].flatMap((store) => [0, 1].map((epoch) => coreKeyPair(deviceSeed, poolId, store, epoch))),
      ),
    ]
    const keys = pairs.map((pair) => pair && toHex(pair.publicKey))
    expect(new Set(keys).size).toBe(12)
    expect(localStoreKey(deviceSeed, 'chats')).not.toEqual(localStoreKey(deviceSeed, 'index'))
  })

  it('is the same whenever it is derived from the same seeds', () => {
    expect(identityOf({ accountId, entropy, deviceSeed })).toEqual(identityOf({ accountId, entropy, deviceSeed }))
  })

  it('works on a device that does not hold the root key', () => {
    const linked = identityOf({ accountId, entropy: null, deviceSeed })
    expect(linked).toMatchObject({ accountId, root: null })
  })
})
