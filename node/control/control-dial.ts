import { connect, type Socket } from 'node:net'
import { fail, ok, type Result } from '../contract/result.ts'
import { equalBytes } from '../crypto/hash.ts'
import { guardOfAddress, pathOfAddress } from './control-address.ts'
import { proveAsCommand, type ProvedStreams } from './control-proof.ts'
import { readControlRecord, type ControlRecord } from './control-record.ts'

/** How long the other end may take to prove itself, and then to greet. */
export const greetingDeadlineMs = 5_000
/** A peer that starts anew while it is dialled has a new record. */
const maxAttempts = 3

export interface ProvedSocket {
  readonly socket: Socket
  readonly streams: ProvedStreams
}

/** A connection to the peer of a profile, after both have proved themselves; null where none runs. */
export async function dialPeer(profileDir: string): Promise<Result<ProvedSocket | null>> {
  let record = await readControlRecord(profileDir)
  for (let attempt = 1; ; attempt += 1) {
    if (!record.ok || !record.value) return record.ok ? ok(null) : record
    const dialled = await dialRecord(profileDir, record.value)
    if (dialled.ok || attempt === maxAttempts) return dialled
    const again = await readControlRecord(profileDir)
    if (again.ok && again.value && equalBytes(again.value.secret, record.value.secret)) return dialled
    record = again
  }
}

/** The same with a record that was read before. */
export async function dialRecord(profileDir: string, record: ControlRecord): Promise<Result<ProvedSocket | null>> {
  const guard = await guardOfAddress(record.address)
  if (guard !== 'private') return guard === 'missing' ? ok(null) : fail('control_unproved')
  const socket = await dial(pathOfAddress(profileDir, record.address))
  if (!socket) return ok(null)
  const streams = await proveAsCommand(socket, record, greetingDeadlineMs)
  if (typeof streams !== 'string') return ok({ socket, streams })
  socket.destroy()
  return streams === 'silent' ? fail('peer_silent', { seconds: greetingDeadlineMs / 1_000 }) : fail('control_unproved')
}

function dial(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    // The close that follows every error is what counts later on.
    socket.on('error', () => {
      socket.destroy()
      resolve(null)
    })
    socket.once('connect', () => resolve(socket))
  })
}
