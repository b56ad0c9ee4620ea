/** The wire's version. Rises with every change that an older Kith could not read. */
export const protocolVersion = 1

/** Protomux protocol names; the number in them is the wire's version. */
export const tokenProtocol = 'kith/tokens/1'
export const beatProtocol = 'kith/beat/1'
