/** The wire's version. Rises with every change that an older Kith could not read. */
export const protocolVersion = 2

/** Protomux protocol names; the number in them is that of their frames. */
export const tokenProtocol = 'kith/tokens/1'
export const beatProtocol = 'kith/beat/1'
