import { fail, type Result } from '../contract/result.ts'
import type { ApiKey } from '../contract/keys.ts'
import { findOne } from './find-one.ts'

/** The key a person means by its name or at least six characters of its id. Revoked keys are found by id only. */
export function findKey(keys: readonly ApiKey[], text: string): Result<ApiKey> {
  return findOne(keys, text, {
    kind: 'key',
    option: 'its id',
    name: (key) => (key.state === 'revoked' ? '' : key.name),
    id: (key) => key.keyId,
    none: () => fail('key_unknown'),
  })
}
