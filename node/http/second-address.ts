import { createServer, type Server } from 'node:net'
import { codeOf } from '../base/files.ts'

/** The same server at `::1`, which `localhost` may mean as well. */
export interface SecondAddress {
  /** `held` keeps every other program away from there; `none` is a computer without it. */
  readonly state: 'held' | 'taken' | 'none'
  close(): Promise<void>
}

/**
 * Lets a server that listens on 127.0.0.1 take what comes to `::1` on the same port.
 *
 * A program that is set to `localhost` tries either first. Left free, the port at `::1` could be taken at any time by
 * whoever wants to be sent its key.
 */
export async function holdSecondAddress(server: Server, port: number): Promise<SecondAddress> {
  const second = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket))
  const failure = await new Promise<string | null>((resolve) => {
    second.once('error', (cause) => resolve(codeOf(cause) ?? 'unknown'))
    second.listen({ host: '::1', port, ipv6Only: true }, () => resolve(null))
  })
  if (failure !== null) {
    return { state: failure === 'EADDRINUSE' ? 'taken' : 'none', close: () => Promise.resolve() }
  }
  return {
    state: 'held',
    close: () => new Promise((resolve) => second.close(() => resolve())),
  }
}
