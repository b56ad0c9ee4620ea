import { deviceIdSchema } from '../../contract/ids.ts'
import type { KeyRecord } from '../key-record.ts'

/** A record that is right in every field but those a test is about. */
export function keyRecord(chosen: Partial<KeyRecord> = {}): KeyRecord {
  return {
    revision: 1,
    secretHash: '00'.repeat(32),
    previous: null,
    label: '',
    scopes: ['inference'],
    allowedModels: null,
    limits: {},
    limitMode: 'enforced',
    timeZone: 'UTC',
    homeDeviceId: deviceIdSchema.parse('ee'.repeat(32)),
    createdAtMs: 1_700_000_000_000,
    expiresAtMs: null,
    state: 'enabled',
    ...chosen,
  }
}
