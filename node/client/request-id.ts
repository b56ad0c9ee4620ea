import { randomBytes } from 'node:crypto'
import type { RequestId } from '../contract/ids.ts'

/** The id of a new request; a machine takes none twice. */
export function newRequestId(): RequestId {
  return randomBytes(16).toString('hex') as RequestId
}
