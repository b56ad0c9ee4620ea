import { createParser } from 'eventsource-parser'

const maxEventBytes = 1024 * 1024

export class StreamProblem extends Error {}

/** The `data` of each server-sent event of a reply, with a limit on how much one event may hold. */
export async function* serverEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const ready: string[] = []
  const parser = createParser({ onEvent: (event) => ready.push(event.data) })
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
