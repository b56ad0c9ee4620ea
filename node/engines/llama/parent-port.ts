/** The child's side of the channel to the peer, whichever way it was started. */
export interface ParentPort {
  /** Whether Electron started this process. */
  readonly isUtility: boolean
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Fires when the peer is gone, so that the child never outlives it. */
  onClose(listener: () => void): void
}

interface UtilityPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void
}

function isUtilityPort(value: unknown): value is UtilityPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value
}

/** Electron's utility process has `process.parentPort`; a forked Node has `process.send`. */
export function parentPort(): ParentPort {
  const utilityPort: unknown = Reflect.get(process, 'parentPort')
  if (isUtilityPort(utilityPort)) {
    return {
      isUtility: true,
      send: (message) => utilityPort.postMessage(message),
      onMessage: (listener) => utilityPort.on('message', (event) => listener(event.data)),
      // Electron ends utility processes with the main process.
      onClose: () => undefined,
    }
  }
  return {
    isUtility: false,
    send: (message) => {
      if (process.connected) process.send?.(message)
    },
    onMessage: (listener) => process.on('message', listener),
    onClose: (listener) => process.once('disconnect', listener),
  }
}
