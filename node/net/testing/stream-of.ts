import type { SecretStream } from 'hyperdht'
import type { PoolConnection } from '../pool-connection.ts'

/** The stream of a pool connection, for an attacker that was let in as a member and then sends what it likes. */
export function streamOf(connection: PoolConnection): SecretStream {
  return (connection as unknown as { connection: SecretStream }).connection
}
