import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface FakeServer {
  readonly url: string
  /** Method and path of each request, with its headers. */
  readonly requests: IncomingMessage[]
  /** Requests whose connection the caller closed before the whole response was sent. */
  readonly cut: IncomingMessage[]
  close(): Promise<void>
}

/** An HTTP server on loopback that responds as a test says. */
export async function startFakeServer(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>,
  port = 0,
): Promise<FakeServer> {
  const requests: IncomingMessage[] = []
  const cut: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    response.on('close', () => {
      if (!response.writableFinished) cut.push(request)
    })
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void answer(request, response, Buffer.concat(chunks).toString('utf8')))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  const boundPort = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${boundPort}`,
    requests,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
