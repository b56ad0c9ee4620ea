/**
 * Sizes and counts the wire accepts. A frame above 16 MiB would end the whole connection,
 * so every limit stays far below that.
 */
export const wireLimits = {
  /** A prompt request with its whole conversation, as encoded JSON. */
  requestBytes: 4 * 1024 * 1024,
  /** Any other control message, both ways. */
  controlBytes: 512 * 1024,
  /** One frame on a token channel. */
  frameBytes: 96 * 1024,
  /** Text in one token frame, in UTF-16 units: at most three bytes each. */
  frameTextUnits: 16 * 1024,
  /** The text of one receipt, in UTF-16 units. */
  receiptUnits: 2 * 1024,
  /** Receipts in one `usage` call. */
  receiptsPerCall: 100,
  /** Text of one whole generation. */
  generationTextBytes: 8 * 1024 * 1024,
  /** Token text a server may send ahead of what the caller has read. */
  windowBytes: 256 * 1024,
  /** Unreadable messages before the connection is closed. */
  strikes: 8,
  /** Generations open at once on one connection. */
  generationsPerConnection: 64,
  /** Calls that are being answered at once, on one connection and for one account. */
  callsPerConnection: 64,
  callsPerAccount: 128,
  /** Requests of the generations that are open at once on one connection. */
  heldRequestBytes: 32 * 1024 * 1024,
  connections: 256,
  connectionsPerDevice: 4,
} as const
