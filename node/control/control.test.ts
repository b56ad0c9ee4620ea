import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import { maxCallBytes } from '../contract/contract.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { connectControl, type ControlClient } from './control-client.ts'
import { dialPeer } from './control-dial.ts'
import { encodeFrame } from './control-frames.ts'
import { proveAsPeer } from './control-proof.ts'
import { newRecord, writeControlRecord } from './control-record.ts'
import { ControlServer } from './control-server.ts'
import { FrameChannel } from './frame-channel.ts'
import { SquattingPeer } from './testing/hostile-socket.ts'
import { FakePeer } from '../cli/testing/fake-peer.ts'
import { answerId, chatId, fakeAnswer, fakeState, questionId } from '../cli/testing/fake-state.ts'

const log = createLog({ level: 'silent' })
const open: { close(): unknown }[] = []
let profileDir = ''
let peer = new FakePeer()
let server: ControlServer = new ControlServer({ peer, profileDir, log })

beforeEach(async () => {
  profileDir = await mkdtemp(join(tmpdir(), 'kith-control-'))
  peer = new FakePeer()
  server = new ControlServer({ peer, profileDir, log })
})
afterEach(async () => {
  for (const one of open.splice(0)) one.close()
  await server.stop()
  await rm(profileDir, { recursive: true, force: true })
})

function take<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

async function client(): Promise<ControlClient> {
  const connected = take(await connectControl(profileDir))
  if (!connected) throw new Error('nobody listens')
  open.push(connected)
  return connected
}

/** A command that has proved itself and sends what it likes. */
async function rogue(): Promise<{ socket: Socket; seen: unknown[]; send: (bytes: Buffer) => void }> {
  const dialled = take(await dialPeer(profileDir))
  if (!dialled) throw new Error('nobody listens')
  const { socket, streams } = dialled
  open.push({ close: () => socket.destroy() })
  const seen: unknown[] = []
  const end = (): void => void socket.destroy()
  const onFrame = (value: unknown): void => void seen.push(value)
  const channel = new FrameChannel({ socket, streams, maxBytes: maxCallBytes, onFrame, onGarbage: end })
  channel.open()
  await expect.poll(() => seen).toEqual([{ type: 'hello', protocol: 1 }])
  return { socket, seen, send: (bytes) => channel.send(bytes) }
}

const controlSocket = (): string => join(profileDir, 'control.sock')

const asked = ok({
  chat: { chatId, title: 'Hi', updatedAtMs: 1, isAnswering: true },
  question: { messageId: questionId, role: 'user', text: 'Hi', createdAtMs: 1, answer: null } as const,
  answer: fakeAnswer(),
})
const question = { chatId: null, text: 'Hi', model: 'gemma', poolId: fakeState().pools[0]?.poolId ?? ('' as never) }

describe('control socket', () => {
  it('carries calls, refusals and answers without a value', async () => {
    take(await server.start())
    peer.handlers = { 'account.logOut': () => Promise.resolve(fail('not_signed_in')) }
    const one = await client()
    expect(take(await one.call('state.snapshot', {}))).toEqual({ sequence: 0, state: fakeState() })
    expect(await one.call('sharing.set', { isEnabled: true })).toEqual(ok())
    expect(await one.call('account.logOut', {})).toEqual(fail('not_signed_in'))
  })

  it('lets the peer check what a call brings', async () => {
    take(await server.start())
    const one = await client()
    const wrong = await one.call('pool.create', { name: 'x'.repeat(500) })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'bad_request' } })
    expect(peer.called).toEqual([])
  })

  it('serves two clients, each with the events it asked for', async () => {
    take(await server.start())
    const [one, two] = [await client(), await client()]
    const seen: string[] = []
    const stop = one.listen('inviteLink', ({ link }) => seen.push(`one ${link}`))
    two.listen('inviteLink', ({ link }) => seen.push(`two ${link}`))
    await Promise.all([one.call('engine.refresh', {}), two.call('engine.refresh', {})])
    peer.emit('inviteLink', { link: 'a' })
    await Promise.all([one.call('engine.refresh', {}), two.call('engine.refresh', {})])
    stop()
    await one.call('engine.refresh', {})
    peer.emit('inviteLink', { link: 'b' })
    await Promise.all([one.call('engine.refresh', {}), two.call('engine.refresh', {})])
    expect(seen.sort()).toEqual(['one a', 'two a', 'two b'])
  })

  it('carries a long answer whole, however it is cut on the way', async () => {
    take(await server.start())
    const text = 'Füße '.repeat(150_000)
    const message = { ...fakeAnswer(), text }
    peer.handlers = { 'chat.open': () => Promise.resolve(ok({ messages: [message, message, message] })) }
    const { messages } = take(await (await client()).call('chat.open', { chatId }))
    expect(messages.map((one) => one.text === text)).toEqual([true, true, true])
  })

  it.each([
    ['a frame that is not JSON', Buffer.from('{"x')],
    ['an empty frame', Buffer.alloc(0)],
    ['a frame that is not text', Buffer.from([0xff, 0xfe])],
    ['a frame of an unknown kind', encodeFrame({ type: 'shout' } as never)],
    ['a call with a wrong id', encodeFrame({ type: 'call', id: -1, name: 'state.snapshot', input: {} })],
    ['a call above the limit', encodeFrame({ type: 'call', id: 1, name: 'x', input: 'x'.repeat(maxCallBytes) })],
  ])('closes the connection, and only that one, for %s', async (_case, bytes) => {
    take(await server.start())
    const bystander = await client()
    const { socket, send } = await rogue()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    send(bytes)
    await closed
    expect((await bystander.call('state.snapshot', {})).ok).toBe(true)
  })

  it.each([
    ['no frame at all', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame of no bytes', Buffer.from([0, 0, 0, 0])],
    ['a frame that claims to be too large', Buffer.from([0x7f, 0xff, 0xff, 0xff])],
    ['a frame that was not sealed', Buffer.concat([Buffer.from([0, 0, 0, 40]), Buffer.alloc(40)])],
  ])('closes the connection, and only that one, for %s', async (_case, bytes) => {
    take(await server.start())
    const bystander = await client()
    const { socket } = await rogue()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(bytes)
    await closed
    expect((await bystander.call('state.snapshot', {})).ok).toBe(true)
  })

  it('answers a call nobody knows, and ignores an event nobody knows', async () => {
    take(await server.start())
    const { seen, send } = await rogue()
    send(encodeFrame({ type: 'subscribe', event: '__proto__' }))
    send(encodeFrame({ type: 'call', id: 4, name: '__proto__', input: {} }))
    await expect.poll(() => seen[1]).toMatchObject({ id: 4, result: { error: { code: 'unknown_call' } } })
  })

  it('replaces the socket of a crashed run', async () => {
    await writeFile(controlSocket(), '')
    expect(take(await connectControl(profileDir))).toBeNull()
    take(await server.start())
    expect((await (await client()).call('state.snapshot', {})).ok).toBe(true)
  })

  it('leaves a living peer alone', async () => {
    take(await server.start())
    const second = new ControlServer({ peer: new FakePeer(), profileDir, log })
    expect(await second.start()).toEqual(fail('profile_in_use'))
    await second.stop()
    expect((await (await client()).call('state.snapshot', {})).ok).toBe(true)
  })

  it('is closed to other users, and gone after the stop', async () => {
    take(await server.start())
    const record = join(profileDir, 'control.json')
    expect((await stat(controlSocket())).mode & 0o777).toBe(0o600)
    expect((await stat(record)).mode & 0o777).toBe(0o600)
    expect((await stat(profileDir)).mode & 0o777).toBe(0o700)
    const before = await readFile(record, 'utf8')
    await server.stop()
    for (const path of [controlSocket(), record]) await expect(stat(path)).rejects.toThrow('ENOENT')
    take(await server.start())
    expect(await readFile(record, 'utf8')).not.toBe(before)
  })

  it('tells a waiting client that the peer stopped', async () => {
    take(await server.start())
    peer.handlers = { 'engine.refresh': () => new Promise(() => undefined) }
    const one = await client()
    const waiting = one.call('engine.refresh', {})
    await one.call('state.snapshot', {})
    await server.stop()
    expect(await waiting).toEqual(fail('peer_stopped'))
    expect(await one.call('state.snapshot', {})).toEqual(fail('peer_stopped'))
    expect(take(await connectControl(profileDir))).toBeNull()
  })

  it('stops the answer of a client that is gone', async () => {
    take(await server.start())
    const stopped = new Promise<unknown>((resolve) => {
      const stop = (input: unknown) => {
        resolve(input)
        return Promise.resolve(ok())
      }
      peer.handlers = { 'chat.ask': () => Promise.resolve(asked), 'chat.stop': stop }
    })
    const one = await client()
    take(await one.call('chat.ask', question))
    one.close()
    expect(await stopped).toEqual({ chatId })
  })

  it('stops nothing when the answer had ended', async () => {
    take(await server.start())
    peer.handlers = { 'chat.ask': () => Promise.resolve(asked) }
    const one = await client()
    take(await one.call('chat.ask', question))
    peer.emit('chat', { type: 'end', chatId, message: { ...fakeAnswer({ messageId: answerId }) } })
    one.close()
    await server.stop()
    expect(peer.called.map(({ name }) => name)).toEqual(['chat.ask'])
  })

  it('refuses a peer that speaks another version', async () => {
    const record = newRecord('control.sock')
    const strange = new SquattingPeer((socket) => {
      socket.removeAllListeners('data')
      void proveAsPeer(socket, record, 5_000).then((streams) => {
        if (streams) {
          const ignore = (): void => undefined
          const channel = new FrameChannel({ socket, streams, maxBytes: 100, onFrame: ignore, onGarbage: ignore })
          channel.send(encodeFrame({ type: 'hello', protocol: 99 }))
        }
      })
    })
    take(await writeControlRecord(profileDir, record))
    await strange.listen(controlSocket())
    expect(await connectControl(profileDir)).toEqual(fail('version_mismatch'))
    await strange.close()
  })

  it('is found by no command of an older Kith than wrote the record', async () => {
    take(await server.start())
    await writeFile(join(profileDir, 'control.json'), JSON.stringify({ version: 2 }), { mode: 0o600 })
    expect(await connectControl(profileDir)).toEqual(fail('version_mismatch'))
  })
})
