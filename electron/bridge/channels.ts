/** Names on Electron's message bus. All traffic of the contract goes over these four. */
export const channels = {
  /** Page to host: one call, answered with a Result. */
  call: 'kith:call',
  /** Page to host: send me events from now on. */
  subscribe: 'kith:subscribe',
  /** Host to page: one event. */
  event: 'kith:event',
  /** Host to page: the port on which answers arrive. */
  answers: 'kith:answers',
} as const
