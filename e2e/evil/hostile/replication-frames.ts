import Protomux from 'protomux'
import { z } from 'zod'
import { delay } from '../../../node/base/deadline.ts'
import { Fuzzer } from '../../../node/protocol/testing/fuzzer.ts'
import {
  floods,
  hostileReplication,
  requestBlock,
  sendReplication,
  sessionOf,
  type HostileChannel,
  type ReplicationMessage,
} from '../../../node/protocol/testing/hostile-replication.ts'
import { throwReplication } from '../../../node/protocol/testing/replication-fuzzer.ts'
import type { HostileApp } from './captured-app.ts'
import { count, hostilePart, targetSchema } from './hostile-part.ts'

/** What ends the connection of whoever sends it, and what only keeps them waiting. */
export const hostileKinds = Object.keys(hostileReplication)
export const floodKinds = Object.keys(floods)

/** How long a flood lasts, and how much is sent in one turn of it. */
const floodMs = 3_000
const requestsPerTurn = 500
/** How long the victim gets to hear what was sent, and to end the connection. */
const heardMs = 1_500
const lookAgainMs = 50

/** Sends replication messages by hand on every core that this install shares with the victim. */
export const replicationFrames = hostilePart({
  input: targetSchema.extend({ kind: z.string() }),
  /** `bytes` have left for the victim; `isCutOff` says that it has ended the connection. */
  report: z.object({ cores: count, messages: count, bytes: count, isCutOff: z.boolean() }),
  async run(app: HostileApp, { poolId, victimDeviceId, kind, seed }) {
    const connection = app.poolConnection(victimDeviceId)
    const stream = connection['connection']
    const mux = Protomux.from(stream)
    const channels: HostileChannel[] = app
      .pool(poolId)
      .shared.map(({ core }) => ({ session: sessionOf(mux, core.discoveryKey), stream }))
      .filter(({ session }) => session !== 0)
    const bytesBefore = stream.rawBytesWritten
    let messages = 0
    const send = (each: readonly ReplicationMessage[]): void => {
      for (const channel of channels) sendReplication(channel, each)
      messages += each.length * channels.length
    }
    const flood = async (turn: () => void): Promise<void> => {
      const endMs = performance.now() + floodMs
      while (performance.now() < endMs && !connection.isClosed) {
        turn()
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    if (kind === 'random') {
      const fuzzer = new Fuzzer(seed)
      await flood(() => {
        for (const channel of channels) throwReplication(channel, fuzzer)
        messages += channels.length
      })
    } else if (kind === 'unread requests') {
      // Whoever reads no replies makes the other side keep every request.
      stream.pause()
      let id = 0
      await flood(() => send(Array.from({ length: requestsPerTurn }, () => requestBlock((id += 1), 0))))
    } else {
      const known = { ...hostileReplication, ...floods }[kind]
      if (!known) throw new Error(`Nothing hostile is called "${kind}"`)
      send(known)
    }
    const endMs = performance.now() + heardMs
    while (!connection.isClosed && performance.now() < endMs) await delay(lookAgainMs)
    return {
      cores: channels.length,
      messages,
      bytes: stream.rawBytesWritten - bytesBefore,
      isCutOff: connection.isClosed,
    }
  },
})
