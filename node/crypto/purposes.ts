/**
 * What a signature is for. A signature made for one purpose never verifies for another.
 *
 * Add a line for each new kind of record; never reuse or rename one: the text is part of what is signed.
 */
export const signPurposes = {
  deviceList: 'kith/device-list/1',
  poolHeader: 'kith/pool-header/1',
  /** The key that speaks for a pool gives way to that of its next owner. */
  succession: 'kith/succession/1',
  /** The last word about a pool: its owner has dissolved it. */
  poolEnding: 'kith/pool-ending/1',
  invite: 'kith/invite/1',
  acceptance: 'kith/acceptance/1',
  deviceStatement: 'kith/device-statement/1',
  /** A device asks to be listed by an account, over the connection that a linking code opened. */
  linkingRequest: 'kith/link-request/1',
  /** Signed by one of the account's devices. */
  leave: 'kith/leave/1',
  /** An admin's decision about a member or an invite, kept in the admin's own member bee. */
  adminRecord: 'kith/admin-record/1',
  /** The exact bytes of a request, signed by the gateway. */
  request: 'kith/request/1',
  /** Permission of a pool's coordinator to process one request of a member. */
  planLease: 'kith/plan-lease/1',
  /** What a gateway has asked of one processor for a member so far. */
  planVoucher: 'kith/plan-voucher/1',
  /** What an attempt cost, as the processor counted it. */
  receipt: 'kith/receipt/1',
  /** The gateway's confirmation of a receipt and the processor's signature on it. */
  receiptCountersignature: 'kith/receipt-countersignature/1',
  /** What an attempt cost as the gateway counted it, when the processor died before it signed. */
  receiptAttestation: 'kith/receipt-attestation/1',
} as const

export type SignPurpose = (typeof signPurposes)[keyof typeof signPurposes]
