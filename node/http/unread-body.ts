import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** A program that sends its request whole before it listens gets its refusal where no more than this is on the way. */
const maxDiscardedBytes = 1024 * 1024
const discardDeadlineMs = 500

/**
 * Ends a connection whose request was answered before its body had arrived.
 *
 * Without this the server would go on reading the body of a request that it has refused, however long that is. A
 * short rest is thrown away, so that the program hears the refusal and may use the connection again.
 */
export function closeUnreadBodies(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    if (!(await isBodyOver(request.raw))) reply.header('connection', 'close')
  })
}

/** Whether the whole request has arrived, after a moment's wait for what is missing. */
async function isBodyOver(request: IncomingMessage): Promise<boolean> {
  const { 'content-length': length, 'transfer-encoding': coding, expect } = request.headers
  if (request.complete || (coding === undefined && Number(length ?? 0) === 0)) return true
  // Nobody has asked for the body yet, and none comes unasked.
  if (expect !== undefined || Number(length ?? 0) > maxDiscardedBytes || request.destroyed) return false
  return discard(request)
}

function discard(request: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => {
    let bytes = 0
    const finish = (): void => {
      clearTimeout(timer)
      request.off('data', count).off('end', finish).off('close', finish)
      request.pause()
      resolve(request.complete)
    }
    const count = (chunk: Buffer): void => {
      bytes += chunk.byteLength
      if (bytes > maxDiscardedBytes) finish()
    }
    const timer = setTimeout(finish, discardDeadlineMs)
    request.on('data', count).once('end', finish).once('close', finish)
    request.resume()
  })
}
