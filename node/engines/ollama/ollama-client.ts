import { Ollama, type Fetch } from 'ollama'
import { z } from 'zod'

const defaultUrl = 'http://127.0.0.1:11434'
/** Ollama writes one JSON object a line; none of them is near this large. */
const maxLineBytes = 4 * 1024 * 1024
const maxErrorBytes = 16 * 1024

/** What Ollama itself reported, with the HTTP status. */
export class OllamaProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** The address from OLLAMA_HOST or the default. Ollama's "listen everywhere" address cannot be called. */
export function ollamaUrl(configured: string | undefined): string {
  const host = (configured ?? process.env['OLLAMA_HOST'] ?? '').trim()
  if (host === '') return defaultUrl
  try {
    const url = new URL(host.includes('://') ? host : `http://${host.startsWith(':') ? `127.0.0.1${host}` : host}`)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return defaultUrl
    if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1'
    if (url.port === '' && !host.includes('://')) url.port = '11434'
    return url.origin
  } catch {
    // An invalid setting counts as none: detection then reports that Ollama was not found.
    return defaultUrl
  }
}

/**
 * A client whose every call ends when the signal fires.
 *
 * The package takes no signal and no size limits, and writes to the console when a body is not JSON;
 * the fetch given to it here handles all three.
 */
export function ollamaClient(url: string, signal: AbortSignal): Ollama {
  const boundedFetch: Fetch = async (input, init) => {
    // The package's own signal only serves its `abort`, which nobody calls.
    const response = await fetch(input, { ...init, signal })
    if (!response.ok) throw new OllamaProblem(response.status, await errorText(response))
    if (!response.body) return response
    return new Response(response.body.pipeThrough(lineLimit(maxLineBytes)), response)
  }
  return new Ollama({ host: url, fetch: boundedFetch })
}

function lineLimit(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let lineBytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      const lastBreak = chunk.lastIndexOf(10)
      lineBytes = lastBreak === -1 ? lineBytes + chunk.length : chunk.length - lastBreak - 1
      if (lineBytes > maxBytes) controller.error(new OllamaProblem(200, 'its reply is too large'))
      else controller.enqueue(chunk)
    },
  })
}

const errorBodySchema = z.object({ error: z.string() })

async function errorText(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, maxErrorBytes)
  try {
    return errorBodySchema.parse(JSON.parse(text)).error.slice(0, 1_000)
  } catch {
    // The body is not Ollama's error: the status is all there is to report.
    return `it answered with status ${response.status}`
  }
}
