import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import { maxCallBytes } from '../contract/contract.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { controlAddress } from './control-address.ts'
import { connectControl, type ControlClient } from './control-client.ts'
import { encodeFrame } from './control-frames.ts'
import { ControlServer } from './control-server.ts'
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

async function rawSocket(): Promise<Socket> {
  const socket = connect(controlAddress(profileDir))
  socket.on('error', () => socket.destroy())
  open.push({ close: () => socket.destroy() })
  await once(socket, 'data')
  return socket
}

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
    ['no frame at all', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a frame that is not JSON', Buffer.concat([Buffer.from([0, 0, 0, 3]), Buffer.from('{"x')])],
    ['an empty frame', Buffer.from([0, 0, 0, 0])],
    ['a frame of an unknown kind', encodeFrame({ type: 'shout' } as never)],
    ['a call with a wrong id', encodeFrame({ type: 'call', id: -1, name: 'state.snapshot', input: {} })],
    ['a frame that claims to be too large', Buffer.from([0x7f, 0xff, 0xff, 0xff])],
    ['a call above the limit', encodeFrame({ type: 'call', id: 1, name: 'x', input: 'x'.repeat(maxCallBytes) })],
  ])('closes the connection, and only that one, for %s', async (_case, bytes) => {
    take(await server.start())
    const bystander = await client()
    const socket = await rawSocket()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.write(bytes)
    await closed
    expect((await bystander.call('state.snapshot', {})).ok).toBe(true)
  })

  it('answers a call nobody knows, and ignores an event nobody knows', async () => {
    take(await server.start())
    const socket = await rawSocket()
    socket.write(encodeFrame({ type: 'subscribe', event: '__proto__' }))
    socket.write(encodeFrame({ type: 'call', id: 4, name: '__proto__', input: {} }))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(JSON.parse(answer.subarray(4).toString())).toMatchObject({
      id: 4,
      result: { error: { code: 'unknown_call' } },
    })
  })

  it('replaces the socket of a crashed run', async () => {
    const address = controlAddress(profileDir)
    await writeFile(address, '')
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
    const address = controlAddress(profileDir)
    take(await server.start())
    expect((await stat(address)).mode & 0o777).toBe(0o600)
    expect((await stat(profileDir)).mode & 0o777).toBe(0o700)
    await server.stop()
    await expect(stat(address)).rejects.toThrow('ENOENT')
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
    const strange = createServer((socket) => socket.end(encodeFrame({ type: 'hello', protocol: 99 })))
    strange.listen(controlAddress(profileDir))
    await once(strange, 'listening')
    expect(await connectControl(profileDir)).toEqual(fail('version_mismatch'))
    strange.close()
  })
})

describe('controlAddress', () => {
  it('is the same for every path to a profile', async () => {
    await symlink(profileDir, `${profileDir}-link`)
    open.push({ close: () => rm(`${profileDir}-link`) })
    expect(controlAddress(`${profileDir}-link/`)).toBe(controlAddress(profileDir))
  })

  it('stays short for a deep profile, and works there', async () => {
    const deep = join(profileDir, 'd'.repeat(100))
    await mkdir(deep)
    expect(Buffer.byteLength(controlAddress(deep))).toBeLessThan(100)
    server = new ControlServer({ peer, profileDir: deep, log })
    take(await server.start())
    const connected = take(await connectControl(deep))
    expect(connected && (await connected.call('state.snapshot', {})).ok).toBe(true)
    connected?.close()
  })

  it('is a named pipe on Windows', () => {
    expect(controlAddress(profileDir, 'win32')).toMatch(/^\\\\\.\\pipe\\kith-[0-9a-f]{24}$/)
  })
})
