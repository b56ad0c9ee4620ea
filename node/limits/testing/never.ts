import { setMaxListeners } from 'node:events'

/** The signal of requests that nobody stops. Each that waits listens to it, so that there may be many. */
export const never = new AbortController().signal
setMaxListeners(0, never)
