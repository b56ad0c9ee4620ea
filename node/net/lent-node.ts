import type DHT from 'hyperdht'
import type { SecretStream, Server, ServerOptions } from 'hyperdht'
import { Dials } from './dials.ts'

/**
 * The same node for a user that destroys the node it was given, as Hyperswarm does.
 *
 * Methods run on the node itself; `destroy` only removes the listeners and dials added through this one. A dial
 * that hangs does not keep out an incoming connection of the same device: see dials.ts. Whom `isRefused` refuses is
 * turned away during the handshake, before its user hears of it: Hyperswarm remembers for good whom it refused itself.
 */
export function lendNode(node: DHT, isRefused: (publicKey: Uint8Array) => boolean = () => false): DHT {
  const listeners: [event: 'network-change', listener: () => void][] = []
  const dials = new Dials()
  const lent: Record<PropertyKey, unknown> = {
    connect: (...[publicKey, options]: Parameters<DHT['connect']>): SecretStream =>
      dials.add(publicKey, node.connect(publicKey, options)),
    createServer: (options: ServerOptions, onConnection: (stream: SecretStream) => void): Server =>
      node.createServer(
        {
          ...options,
          firewall: (key, payload, address) => isRefused(key) || (options.firewall?.(key, payload, address) ?? false),
        },
        (stream) => dials.receive(stream, onConnection),
      ),
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
