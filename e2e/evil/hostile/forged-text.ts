import { z } from 'zod'
import { PoolConnection } from '../../../node/net/pool-connection.ts'
import type { PoolMessage } from '../../../node/net/pool-messages.ts'
import { servedParts } from '../../../node/protocol/messages/frames.ts'
import { count, hostilePart } from './hostile-part.ts'

/** What can be seen of a forged text on a terminal that obeys none of it. */
export const visible = 'FORGED'
/** Clears the screen, sets the title, goes back and forges a line; a name has 32 characters at most. */
export const forgedText = `\u001b[2J\u001b]0;t\u0007\u009b31m\r\n\b\u202e${visible}`
/** A model that nobody has, so that asking for it brings an error of this machine. */
export const forgedModel = `model ${forgedText}`

const sent = { names: 0, errors: 0 }

/** Gives this install a name, a model and errors that a terminal would obey. */
export const textForger = hostilePart({
  input: z.object({}),
  /** How often it said a name, and an error, to anybody. */
  report: z.object({ names: count, errors: count }),
  replace() {
    const send = Reflect.get(PoolConnection.prototype, 'send')
    PoolConnection.prototype.send = function (message) {
      return Reflect.apply(send, this, [forged(message)])
    }
    const { encode } = servedParts
    Object.assign(servedParts, {
      encode: (part: Parameters<typeof encode>[0]) => {
        if (part.type !== 'failed') return encode(part)
        sent.errors += 1
        const details = { ...part.error.details, engine: forgedText, reason: forgedText, model: forgedText }
        return encode({ ...part, error: { ...part.error, code: 'engine_failed', message: forgedText, details } })
      },
    })
  },
  run: () => Promise.resolve({ ...sent }),
})

function forged(message: PoolMessage): PoolMessage {
  switch (message.type) {
    case 'hello':
      sent.names += 1
      return { ...message, username: forgedText }
    case 'capabilities': {
      sent.names += 1
      const { capabilities } = message
      const [model] = capabilities.models
      const models = model ? [...capabilities.models, { ...model, name: forgedModel }] : capabilities.models
      return { ...message, capabilities: { ...capabilities, machineName: forgedText, models } }
    }
    default:
      return message
  }
}
