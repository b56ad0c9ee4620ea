import { PeerPart } from './peer-part.ts'
import { orderMessageSchema, orders, type OrderName, type ReplyMessage } from './orders.ts'

/** Takes orders from the test until it disconnects, which ends this process. */
export function runPart(): void {
  // Ctrl-C reaches every process of a terminal; the test ends this one.
  process.on('SIGINT', () => undefined)
  const { handlers } = new PeerPart()
  const obey = async (name: OrderName, input: unknown): Promise<unknown> => {
    // Each handler gets what the schema of its own name has read.
    const handler = handlers[name] as (parsed: unknown) => Promise<unknown>
    return handler(orders[name].input.parse(input))
  }
  const reply = (message: ReplyMessage): void => {
    if (process.connected) process.send?.(message)
  }
  process.on('message', (message) => {
    const { id, name, input } = orderMessageSchema.parse(message)
    obey(name, input).then(
      (value) => reply({ id, isDone: true, value }),
      (cause: unknown) =>
        reply({ id, isDone: false, reason: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }),
    )
  })
  process.on('disconnect', () => process.exit())
}
