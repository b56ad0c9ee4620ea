import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

export const defaultReaderMs = 30_000

/** Closes the connection of a program that does not read its reply. Streams see to that by themselves. */
export function endUnreadReplies(app: FastifyInstance, readerMs: number): void {
  app.addHook('onSend', async (_request, reply) => closeWithin(reply.raw, readerMs))
}

/** Closes the connection where a reply, after its last byte was written, is not taken in time. */
export function closeWithin(response: ServerResponse, readerMs: number): void {
  const timer = setTimeout(() => response.destroy(), readerMs)
  response.once('close', () => clearTimeout(timer))
}
