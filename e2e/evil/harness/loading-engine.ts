import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

const size = 1_000_000

/** An Ollama whose model is never loaded: every request has it load, for longer than anybody waits here. */
export class LoadingEngine {
  /** How often it was made to load. */
  loads = 0

  private constructor(
    private readonly server: Server,
    readonly model: string,
    readonly url: string,
  ) {}

  static async start(model: string): Promise<LoadingEngine> {
    let serve: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
    const server = createServer((request, response) => serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address !== 'object' || !address) throw new Error('The engine got no port')
    const engine = new LoadingEngine(server, model, `http://127.0.0.1:${address.port}`)
    serve = (request, response) => engine.#serve(request, response)
    return engine
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve())
      this.server.closeAllConnections()
    })
  }

  #serve({ url }: IncomingMessage, response: ServerResponse): void {
    if (url === '/api/chat') {
      this.loads += 1
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.#reply(url)))
  }

  #reply(url: string | undefined): unknown {
    switch (url) {
      case '/api/version':
        return { version: '0.17.4' }
      case '/api/tags':
        return { models: [{ name: this.model, digest: 'loading', size }] }
      case '/api/ps':
        return { models: [] }
      default:
        return {}
    }
  }
}
