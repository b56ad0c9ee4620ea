import type DHT from 'hyperdht'
import type { SecretStream, Server, ServerOptions } from 'hyperdht'
import { Dials } from './dials.ts'

/**
 * The same node for someone who would destroy it with himself, as Hyperswarm does with a node it was given.
 *
 * Methods run on the node itself; `destroy` only ends what came with the loan. A dial that hangs does not
 * keep out the device it is after: see dials.ts.
 */
export function lendNode(node: DHT): DHT {
  const listeners: [event: 'network-change', listener: () => void][] = []
  const dials = new Dials()
  const lent: Record<PropertyKey, unknown> = {
    connect: (...[publicKey, options]: Parameters<DHT['connect']>): SecretStream =>
      dials.add(publicKey, node.connect(publicKey, options)),
    createServer: (options: ServerOptions, onConnection: (stream: SecretStream) => void): Server =>
      node.createServer(options, (stream) => dials.receive(stream, onConnection)),
    on: (...added: (typeof listeners)[number]): void => {
      listeners.push(added)
      node.on(...added)
    },
    destroy: (): Promise<void> => {
      for (const [event, listener] of listeners.splice(0)) node.off(event, listener)
      dials.close()
      return Promise.resolve()
    },
  }
  return new Proxy(node, {
    get(_, name) {
      if (Object.hasOwn(lent, name)) return lent[name]
      const value: unknown = Reflect.get(node, name, node)
      return typeof value === 'function' ? (value.bind(node) as unknown) : value
    },
  })
}
