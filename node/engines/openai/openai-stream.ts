import { createParser } from 'eventsource-parser'

const maxEventBytes = 1024 * 1024

export class StreamProblem extends Error {}

/**
 * The `data` of each server-sent event of a reply, and null for each comment, by which a server says that it is there.
 * How much one event may hold is limited.
 */
export async function* serverEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string | null> {
  const decoder = new TextDecoder()
  const ready: (string | null)[] = []
  const parser = createParser({ onEvent: (event) => ready.push(event.data), onComment: () => ready.push(null) })
  let pendingBytes = 0
  for await (const chunk of body) {
    pendingBytes += chunk.length
    // Counted before parsing: an event that never ends would fill the parser's memory.
    if (pendingBytes > maxEventBytes) throw new StreamProblem('its reply is too large')
    parser.feed(decoder.decode(chunk, { stream: true }))
    for (const data of ready.splice(0)) {
      pendingBytes = 0
      if (data === '[DONE]') return
      yield data
    }
  }
}
