import { bytesOfText } from '../crypto/encoding.ts'
import { deriveSeed, equalBytes } from '../crypto/hash.ts'
import { randomBytes } from '../crypto/keys.ts'
import { SealedStream } from '../crypto/sealed-stream.ts'
import type { Socket } from 'node:net'
import type { ControlRecord } from './control-record.ts'
import { readExactly } from './read-exactly.ts'

/**
 * How both ends of a control connection prove that they know the secret of the profile, before anything else.
 *
 *   peer → command    its nonce
 *   command → peer    its nonce, then the command's proof
 *   peer → command    the peer's proof
 *
 * A proof is a keyed hash over both nonces, the address and whose proof it is: it holds for this connection and
 * in one direction alone. The keys of the frames that follow come from the same secret and nonces, so that
 * somebody who passes the proofs on learns nothing and cannot change anything.
 */
export const nonceBytes = 32
export const proofBytes = 32

/** The ends of a proved connection: what this side says, and what it hears. */
export interface ProvedStreams {
  readonly outgoing: SealedStream
  readonly incoming: SealedStream
}

export interface Nonces {
  readonly ofPeer: Uint8Array
  readonly ofCommand: Uint8Array
}

/** A peer that ends the connection did not believe us, or is none. */
const failures = { ended: 'unproved', late: 'silent' } as const

type Purpose = 'proof-of-peer' | 'proof-of-command' | 'frames-of-peer' | 'frames-of-command'

/** 32 bytes that only somebody with the secret can know. */
export function derive(purpose: Purpose, { secret, address }: ControlRecord, nonces: Nonces): Uint8Array {
  return deriveSeed(secret, `kith/control/1/${purpose}`, bytesOfText(address), nonces.ofPeer, nonces.ofCommand)
}

/** The peer's side. Null where the other end proves nothing within the deadline: it was told a random number. */
export async function proveAsPeer(
  socket: Socket,
  record: ControlRecord,
  deadlineMs: number,
): Promise<ProvedStreams | null> {
  const ofPeer = randomBytes(nonceBytes)
  socket.write(ofPeer)
  const reply = await readExactly(socket, nonceBytes + proofBytes, deadlineMs)
  if (typeof reply === 'string') return null
  const nonces = { ofPeer, ofCommand: reply.subarray(0, nonceBytes) }
  if (!equalBytes(reply.subarray(nonceBytes), derive('proof-of-command', record, nonces))) return null
  socket.write(derive('proof-of-peer', record, nonces))
  return {
    outgoing: new SealedStream(derive('frames-of-peer', record, nonces)),
    incoming: new SealedStream(derive('frames-of-command', record, nonces)),
  }
}

/** The command's side: `silent` where nothing comes within the deadline, `unproved` for a wrong proof or an end. */
export async function proveAsCommand(
  socket: Socket,
  record: ControlRecord,
  deadlineMs: number,
): Promise<ProvedStreams | 'silent' | 'unproved'> {
  const untilMs = performance.now() + deadlineMs
  const ofPeer = await readExactly(socket, nonceBytes, deadlineMs)
  if (typeof ofPeer === 'string') return failures[ofPeer]
  const nonces = { ofPeer, ofCommand: randomBytes(nonceBytes) }
  socket.write(Buffer.concat([nonces.ofCommand, derive('proof-of-command', record, nonces)]))
  const proof = await readExactly(socket, proofBytes, untilMs - performance.now())
  if (typeof proof === 'string') return failures[proof]
  if (!equalBytes(proof, derive('proof-of-peer', record, nonces))) return 'unproved'
  return {
    outgoing: new SealedStream(derive('frames-of-command', record, nonces)),
    incoming: new SealedStream(derive('frames-of-peer', record, nonces)),
  }
}
