import type { Hypercore } from 'hypercore'
import DHT, { type SecretStream } from 'hyperdht'
import Protomux, { type Mux } from 'protomux'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxCoreLength } from '../base/core-limits.ts'
import { hostile } from '../protocol/filter/mux-frame.ts'
import { ReplicationJudge } from '../protocol/filter/replication-judge.ts'
import { replicationTypes } from '../protocol/filter/replication-messages.ts'
import {
  falseHistories,
  floods,
  hostileReplication,
  requestBlock,
  range,
  replicationFrames,
  sendReplication,
  sessionOf,
  sync,
  type HostileChannel,
} from '../protocol/testing/hostile-replication.ts'
import { ConnectionBench, longestStallMs, type End } from './testing/connection-pair.ts'

/** KITH_SYNC_BLOCKS makes the honest churn longer. */
const blocks = Number(process.env['KITH_SYNC_BLOCKS'] ?? 2_000)

let bench: ConnectionBench
beforeAll(async () => {
  bench = await ConnectionBench.open()
})
afterAll(() => bench.close())

/** A core of a hundred blocks, and a copy of it in another store. */
async function cores(blocks = 100): Promise<{ own: Hypercore; copy: Hypercore }> {
  const own = await bench.core('own', { keyPair: DHT.keyPair() })
  for (let index = 0; index < blocks; index++) await own.append(Buffer.from(`block ${index}`))
  return { own, copy: await bench.core('copies', { key: own.key }) }
}

/** The multiplexer of an attacker, which also opens the channel that every pool connection has. */
function evilMux(stream: SecretStream): Mux {
  const mux = Protomux.from(stream)
  mux.createChannel({ protocol: 'kith/pool/1' })?.open()
  return mux
}

interface Attack {
  readonly victim: End
  readonly evil: SecretStream
  readonly channel: HostileChannel
  readonly core: Hypercore
}

/** A member that really replicates a core with the victim, and may then send what it likes. */
async function attack(): Promise<Attack> {
  const { own, copy } = await cores()
  const [served, evil] = await bench.streams()
  const victim = bench.end(served)
  victim.connection.admit()
  victim.connection.attach(copy, maxCoreLength.member)
  copy.download({ start: 0, end: -1 })
  const mux = evilMux(evil)
  own.replicate(mux)
  await expect.poll(() => copy.contiguousLength).toBe(100)
  return { victim, evil, channel: { session: sessionOf(mux, own.discoveryKey), stream: evil }, core: copy }
}

/** Waits until everything that was sent before has been handled: a block of the victim comes back. */
async function settled({ evil }: Attack): Promise<void> {
  await evil.flush()
  await new Promise((resolve) => setTimeout(resolve, 100))
}

describe('a replication message that no honest peer sends', () => {
  it.each(Object.entries(hostileReplication))('ends the connection at once: %s', async (_, messages) => {
    const evil = await attack()
    const frames = replicationFrames(evil.channel.session, messages)
    const stalledMs = await longestStallMs(async () => {
      for (const frame of frames) evil.evil.write(frame)
      await expect.poll(() => evil.victim.connection.isClosed).toBe(true)
    })
    expect(evil.victim.cutOffs).toEqual(['hostile_messages'])
    expect(stalledMs).toBeLessThan(250)
    // What it had replicated before is still there.
    expect(await evil.core.get(99)).toEqual(Buffer.from('block 99'))
  })

  it('ends it when histories are proved falsely', async () => {
    const evil = await attack()
    sendReplication(evil.channel, falseHistories)
    await expect.poll(() => evil.victim.connection.isClosed).toBe(true)
  })

  it('ends it before the first one was a sync', async () => {
    const { own } = await cores(1)
    const judge = new ReplicationJudge({ stream: {}, ownProtocol: 'kith/pool/1', isAdmitted: () => true })
    judge.attach(own, maxCoreLength.member)
    expect(judge.open(1, 'hypercore/alpha', own.discoveryKey)).toBeGreaterThan(0)
    const { fields } = range(1, 1)
    expect(judge.message(1, replicationTypes.range, { buffer: fields, start: 0, end: fields.byteLength })).toBe(hostile)
  })

  it('ends it on a channel that was never opened, and one that was closed', async () => {
    for (const session of [0, 77]) {
      const evil = await attack()
      if (session === 0) evil.evil.write(Buffer.from([0, 3, evil.channel.session]))
      sendReplication({ ...evil.channel, session: session || evil.channel.session }, [sync(100)])
      await expect.poll(() => evil.victim.cutOffs).toEqual(['hostile_messages'])
    }
  })

  it('ends it for a device that was let into no pool', async () => {
    const { own, copy } = await cores()
    const [served, evil] = await bench.streams()
    const victim = bench.end(served)
    victim.connection.attach(copy, maxCoreLength.member)
    own.replicate(evilMux(evil))
    await expect.poll(() => victim.cutOffs).toEqual(['hostile_messages'])
  })
})

describe('a flood of replication messages', () => {
  it.each(Object.entries(floods))('holds up nobody but its sender: %s', async (_, messages) => {
    const evil = await attack()
    const honest = await attack()
    const frames = replicationFrames(evil.channel.session, messages)
    let gapMs = 0
    const stalledMs = await longestStallMs(async () => {
      for (const frame of [...frames, ...frames, ...frames]) evil.evil.write(frame)
      for (let round = 0; round < 20; round++) {
        const startedMs = performance.now()
        await honest.evil.flush()
        sendReplication(honest.channel, [requestBlock(1_000 + round, round)])
        await settled(honest)
        gapMs = Math.max(gapMs, performance.now() - startedMs)
      }
    })
    expect(stalledMs).toBeLessThan(250)
    expect(gapMs).toBeLessThan(3_000)
    expect(honest.victim.cutOffs).toEqual([])
  })
})

describe('honest peers', () => {
  it('replicate thousands of blocks, and what is appended meanwhile, over several connections, and are never cut off', async () => {
    const { own, copy } = await cores(0)
    const others = await Promise.all([cores(300), cores(300), cores(300)])
    const batch = Array.from({ length: blocks }, (_, index) => Buffer.from(`block ${index}`))
    await own.append(batch)
    copy.download({ start: 0, end: -1 })
    for (const other of others) other.copy.download({ start: 0, end: -1 })
    const ends: End[] = []
    for (let round = 0; round < 4; round++) {
      const [left, right] = await bench.pair()
      ends.push(left, right)
      // Whoever opens a core first offers it to one that does not know it yet.
      for (const one of [{ own, copy }, ...others]) left.connection.attach(one.own, maxCoreLength.usage)
      await new Promise((resolve) => setTimeout(resolve, round * 20))
      for (const one of [{ own, copy }, ...others]) right.connection.attach(one.copy, maxCoreLength.usage)
      for (let count = 0; count < 20; count++) {
        await own.append(Array.from({ length: count + 1 }, () => Buffer.from('more')))
        for (const other of others) await other.own.append(Buffer.from('one more'))
      }
      if (round < 3) {
        await expect.poll(() => others.map((other) => other.copy.length)).not.toContain(0)
        left.connection.close()
      }
    }
    await expect.poll(() => copy.contiguousLength, { timeout: 60_000 }).toBe(own.length)
    for (const other of others) await expect.poll(() => other.copy.contiguousLength).toBe(other.own.length)
    expect(ends.flatMap(({ cutOffs }) => cutOffs)).toEqual([])
  })

  it('pass on what they have in part, and say what was cleared', async () => {
    const { own, copy } = await cores(1_000)
    const third = await bench.core('third', { key: own.key })
    const [left, middle] = await bench.pair()
    left.connection.attach(own, maxCoreLength.member)
    middle.connection.attach(copy, maxCoreLength.member)
    // Every second block only, so that bit fields and single blocks are spoken of.
    for (let index = 0; index < 200; index += 2) await copy.get(index)
    const [sparse, reader] = await bench.pair()
    sparse.connection.attach(copy, maxCoreLength.member)
    reader.connection.attach(third, maxCoreLength.member)
    for (let index = 0; index < 200; index += 2) await third.get(index)
    for (let index = 201; index < 260; index += 2) await copy.get(index)
    for (let index = 201; index < 260; index += 2) await third.get(index)
    await own.clear(0, own.length)
    await own.append(Buffer.from('after the clearing'))
    await expect.poll(() => third.length).toBe(own.length)
    const ends = [left, middle, sparse, reader]
    expect(ends.flatMap(({ cutOffs }) => cutOffs)).toEqual([])
    expect(ends.every(({ connection }) => !connection.isClosed)).toBe(true)
  })
})
