import { buffer, encode, fixed32, raw, uint, uint32array } from 'compact-encoding'
import { replicationTypes } from '../filter/replication-messages.ts'

/** A batch of more ends the connection by itself. */
const perBatch = 16_000

type Type = keyof typeof replicationTypes

/** A message of Hypercore's protocol: its type, and its fields one after the other. */
export interface ReplicationMessage {
  readonly type: Type
  readonly fields: Uint8Array
}

function message(type: Type, ...fields: (number | Uint8Array)[]): ReplicationMessage {
  return {
    type,
    fields: Buffer.concat(fields.map((field) => (typeof field === 'number' ? encode(uint, field) : field))),
  }
}

/** What an honest peer sends first: it has `length` blocks, and gives and takes. */
export function sync(length: number, fork = 0, flags = 7): ReplicationMessage {
  return message('sync', flags, fork, length, 0)
}

export function range(start: number, length: number, isDrop = false): ReplicationMessage {
  return message('range', isDrop ? 1 : 0, start, length)
}

export function bitfield(start: number, words: number): ReplicationMessage {
  return message('bitfield', start, encode(uint32array, new Uint32Array(words).fill(0xffffffff)))
}

export function requestBlock(id: number, index: number): ReplicationMessage {
  return message('request', 1, id, 0, index, 0)
}

function upgrade(start: number, length: number, nodes = 0): Uint8Array {
  const node = Buffer.concat([encode(uint, 0), encode(uint, 1), encode(fixed32, new Uint8Array(32))])
  return Buffer.concat([
    encode(uint, start),
    encode(uint, length),
    encode(uint, nodes),
    ...Array.from({ length: nodes }, () => node),
    encode(uint, 0),
    encode(buffer, new Uint8Array(64)),
  ])
}

function many(count: number, make: (index: number) => ReplicationMessage): ReplicationMessage[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

/** Each ends the connection of whoever sends it, on a core that both sides replicate. */
export const hostileReplication: Readonly<Record<string, readonly ReplicationMessage[]>> = {
  'a range of 2^52 blocks': [range(1, 2 ** 52)],
  'a range of 2^38 blocks': [range(1, 2 ** 38)],
  'all of 2^52 blocks, and then not all': [range(0, 2 ** 52), range(5, 1, true)],
  'all of 2^24 blocks, and then not all': [range(0, 2 ** 24), range(5, 1, true)],
  'ranges that come and go beyond the core': many(200, (index) => range(1, 2 ** 24, index % 2 === 1)),
  'a length of 2^50': [sync(2 ** 50)],
  'another fork': [sync(10, 1)],
  'forks without end': many(1_000, (index) => sync(10, index)),
  'blocks that are pushed': [sync(10, 0, 31)],
  'small bit fields nobody asked for': many(3_000, (index) => bitfield((index % 8) * 2 ** 21, 1)),
  'large bit fields nobody asked for': many(30, () => bitfield(0, 2 ** 16)),
  'a bit field in the middle': [bitfield(64, 1)],
  'a bit field beyond the core': [bitfield(2 ** 40, 1)],
  'a request beyond the core': [requestBlock(1, 2 ** 50)],
  'a proof of 2^50 blocks asked for': [message('request', 8, 1, 0, 0, 2 ** 50)],
  'a request of another fork': [message('request', 1, 1, 5, 0, 0)],
  'a hash beyond the core': [message('request', 2, 1, 0, 2 ** 50, 60)],
  'a proof of 2^20 nodes asked for': [message('request', 1, 1, 0, 0, 2 ** 20)],
  'a core signed at a length of 2^50': [message('data', 8, 1, 0, upgrade(0, 2 ** 50))],
  'a proof of 100,000 nodes': [message('data', 8, 1, 0, upgrade(0, 10, 100_000))],
  'a block beyond the core': [message('data', 1, 1, 0, 2 ** 50, encode(buffer, new Uint8Array(1)), 0)],
  'a block of 3 MiB': [message('data', 1, 1, 0, 0, encode(buffer, new Uint8Array(3 * 2 ** 20)), 0)],
  'blocks nobody asked for': [message('data', 1, 0, 0, 0, encode(buffer, new Uint8Array(1)), 0)],
  'data of another fork': [message('data', 8, 1, 3, upgrade(0, 5, 1))],
  'a want beyond the core': [message('want', 2 ** 50, 2 ** 21)],
  'wants without end': many(200, () => message('want', 0, 2 ** 21)),
  'an unwant beyond the core': [message('unwant', 2 ** 50, 2 ** 21)],
  'an extension': [message('extension', encode(buffer, Buffer.from('hyperbee')), encode(raw, new Uint8Array(9)))],
  'a message that ends too early': [message('range', 0)],
}

/** Hypercore itself ends the connection over these, without a word about whose fault it is. */
export const falseHistories: readonly ReplicationMessage[] = many(40, () => message('data', 8, 0, 0, upgrade(0, 5, 1)))

/** Floods of messages that are fine one by one: whoever sends them waits, and nobody else. */
export const floods: Readonly<Record<string, readonly ReplicationMessage[]>> = {
  'answers to nothing': many(16_000, () => message('noData', 77_777, 0)),
  'cancelled requests': many(8_000, (index) => (index % 2 === 0 ? requestBlock(9, 0) : message('cancel', 9))),
  'ranges that come and go': many(2_000, (index) => range(1, 2 ** 19, index % 2 === 1)),
  'lengths that change': many(8_000, (index) => sync(1 + (index % 90))),
}

/** The channel of an attacker: its number on its own side, and the stream below the multiplexer. */
export interface HostileChannel {
  readonly session: number
  readonly stream: { write(frame: Uint8Array): unknown }
}

/** Messages on a channel as frames, as many to a batch as the multiplexer takes. */
export function replicationFrames(session: number, messages: readonly ReplicationMessage[]): Uint8Array[] {
  const entries = messages.map(({ type, fields }) =>
    encode(buffer, Buffer.concat([encode(uint, replicationTypes[type]), fields])),
  )
  return Array.from({ length: Math.ceil(entries.length / perBatch) }, (_, index) =>
    Buffer.concat([
      Uint8Array.of(0, 0),
      encode(uint, session),
      ...entries.slice(index * perBatch, (index + 1) * perBatch),
    ]),
  )
}

export function sendReplication({ session, stream }: HostileChannel, messages: readonly ReplicationMessage[]): void {
  for (const frame of replicationFrames(session, messages)) stream.write(frame)
}

/** The number under which this side of a multiplexer opened its channel for a core; 0 when it has none. */
export function sessionOf(mux: unknown, discoveryKey: Uint8Array): number {
  for (const channel of mux as Iterable<{ id: Uint8Array | null; _localId: number }>) {
    if (channel.id && Buffer.compare(channel.id, discoveryKey) === 0) return channel._localId
  }
  return 0
}
