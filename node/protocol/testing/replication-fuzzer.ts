import { encode, uint } from 'compact-encoding'
import { replicationTypes } from '../filter/replication-messages.ts'
import type { Fuzzer } from './fuzzer.ts'
import {
  bitfield,
  floods,
  hostileReplication,
  range,
  requestBlock,
  sendReplication,
  sync,
  type HostileChannel,
  type ReplicationMessage,
} from './hostile-replication.ts'

const types = Object.keys(replicationTypes) as (keyof typeof replicationTypes)[]
const hostileKinds = Object.values(hostileReplication)
const floodKinds = Object.values(floods)
/** Numbers at which something may tip over. */
const edges = [0, 1, 31, 32, 99, 100, 101, 32_767, 32_768, 2 ** 20 - 1, 2 ** 20, 2 ** 21, 2 ** 24, 2 ** 32, 2 ** 50]

/** Throws a handful of messages at a peer that replicates a core: honest ones, mutated ones, random ones, known attacks. */
export function throwReplication(channel: HostileChannel, fuzzer: Fuzzer): void {
  const chance = fuzzer.random()
  if (chance < 0.02) return sendReplication(channel, fuzzer.pick(hostileKinds).slice(0, 200))
  if (chance < 0.04) return sendReplication(channel, fuzzer.pick(floodKinds).slice(0, 2_000))
  const count = 1 + fuzzer.below(fuzzer.random() < 0.1 ? 300 : 8)
  const session = fuzzer.random() < 0.01 ? fuzzer.below(9) : channel.session
  sendReplication(
    { ...channel, session },
    Array.from({ length: count }, () => anyMessage(fuzzer)),
  )
}

function anyMessage(fuzzer: Fuzzer): ReplicationMessage {
  const honest = honestMessage(fuzzer)
  const chance = fuzzer.random()
  if (chance < 0.9) return honest
  if (chance < 0.95) return { ...honest, fields: fuzzer.mutate(honest.fields) }
  return { type: fuzzer.pick(types), fields: fuzzer.random() < 0.5 ? fuzzer.bytes(4_096) : numbers(fuzzer) }
}

/** What the filter lets through, most of the time. */
function honestMessage(fuzzer: Fuzzer): ReplicationMessage {
  const messages: (() => ReplicationMessage)[] = [
    () => sync(fuzzer.below(200)),
    () => range(fuzzer.below(200), 1 + fuzzer.below(100), fuzzer.random() < 0.4),
    () => range(0, fuzzer.below(2 ** 20)),
    () => range(fuzzer.below(2 ** 19), fuzzer.below(2 ** 19), fuzzer.random() < 0.4),
    () => requestBlock(1 + fuzzer.below(600), fuzzer.below(100)),
    () => ({ type: 'cancel', fields: encode(uint, fuzzer.below(600)) }),
    () => ({ type: 'noData', fields: numbers(fuzzer, 2, [0, 1, 2, 3, 50]) }),
    () => ({
      type: 'data',
      fields: Buffer.concat([Uint8Array.of(0), encode(uint, 1 + fuzzer.below(99)), Uint8Array.of(0)]),
    }),
    () => (fuzzer.random() < 0.02 ? bitfield(0, 1 + fuzzer.below(2_000)) : sync(100)),
  ]
  return fuzzer.pick(messages)()
}

function numbers(fuzzer: Fuzzer, count = 1 + fuzzer.below(6), from = edges): Uint8Array {
  return Buffer.concat(Array.from({ length: count }, () => encode(uint, fuzzer.pick(from))))
}
