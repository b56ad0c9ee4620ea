import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { codeOf } from '../base/files.ts'
import { kithError, type KithError } from '../contract/errors.ts'
import { errorShape } from './error-table.ts'
import { errorBody, retryAfterSeconds } from './errors.ts'

/** Refuses bytes that never became a request, in the form of everything else, and closes the connection. */
export function refuseSocket(socket: Socket, error: KithError, status = errorShape(error).status): void {
  if (!socket.writable) return void socket.destroy()
  const body = JSON.stringify(errorBody(error))
  const isRetried = errorShape(error).retry !== 'no'
  const waitSeconds = isRetried ? retryAfterSeconds(error, Date.now()) : null
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-should-retry: ${String(isRetried)}`,
    ...(waitSeconds === null ? [] : [`retry-after: ${waitSeconds}`]),
    'connection: close',
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  // Not a mere end: whoever keeps its own half open would keep the connection.
  socket.destroySoon()
}

/** What Node could not read as a request, or did not wait for any longer. */
export function refusalOfBytes(cause: Error): { error: KithError; status?: number } | null {
  switch (codeOf(cause)) {
    case 'ECONNRESET':
    case 'EPIPE':
      return null
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { error: kithError('request_slow') }
    case 'HPE_HEADER_OVERFLOW':
      return { error: kithError('too_large', { limit: '16 KiB of headers' }), status: 431 }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { error: kithError('too_large', { limit: '16 KiB beside the body' }) }
    default:
      return { error: kithError('bad_request', { reason: 'that is no HTTP request' }) }
  }
}
