import type { AddressInfo } from 'node:net'
import { withDeadline } from '../base/deadline.ts'
import { codeOf } from '../base/files.ts'
import { kithError } from '../contract/errors.ts'
import { ok, type Result } from '../contract/result.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import { holdSecondAddress } from './second-address.ts'
import { createServer } from './server.ts'

/** How long replies that were cut off may take to end. */
const closeDeadlineMs = 1_500

/** A server that listens on this computer alone. */
export interface ListeningServer {
  readonly port: number
  /** Another program has the port at `::1`: what is sent to `localhost` may reach that one. */
  readonly isLocalhostTaken: boolean
  /** Ends running replies with a coded reason, and waits a moment for them. */
  close(): Promise<void>
}

/** Listens on a port; 0 takes any free one. */
export async function listen(options: LocalApiOptions, port: number): Promise<Result<ListeningServer>> {
  const closing = new AbortController()
  const app = createServer(options, closing.signal)
  try {
    await app.listen({ host: '127.0.0.1', port })
  } catch (cause) {
    await app.close()
    const code = codeOf(cause)
    if (code === 'EADDRINUSE') return { ok: false, error: kithError('port_taken', { port }) }
    // Ports below 1024 may need administrator rights.
    return { ok: false, error: kithError('start_failed', { part: 'the local API', reason: code ?? 'unknown' }) }
  }
  const given = (app.server.address() as AddressInfo | null)?.port ?? 0
  const second = await holdSecondAddress(app.server, given)
  return ok({
    port: given,
    isLocalhostTaken: second.state === 'taken',
    async close() {
      closing.abort()
      const closed = Promise.all([app.close(), second.close()])
      const { inTime } = await withDeadline(closed, closeDeadlineMs)
      if (inTime) return
      app.server.closeAllConnections()
      await closed
    },
  })
}
