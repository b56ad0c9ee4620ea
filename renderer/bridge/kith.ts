import type { Bridge } from '../../node/contract/api.ts'
import { createClient, type WindowClient } from './client.ts'

let client: WindowClient | null = null
let pathOf: Bridge['pathForFile'] = () => ''

/** Connects this window to its peer; called once, before anything is drawn. */
export function connect(bridge: Bridge): WindowClient {
  client = createClient(bridge)
  pathOf = (file) => bridge.pathForFile(file)
  return client
}

function connected(): WindowClient {
  if (client === null) throw new Error('The window is not connected to its peer.')
  return client
}

/** Calls the peer or the host. Never throws for expected failures. */
export const call: WindowClient['call'] = (name, input) => connected().call(name, input)

/** Listens to the peer's events; returns the unsubscribe function. */
export const listen: WindowClient['listen'] = (name, listener) => connected().listen(name, listener)

/** Absolute path of a dropped file; empty when it is not a file of this computer. */
export function pathForFile(file: File): string {
  return pathOf(file)
}
