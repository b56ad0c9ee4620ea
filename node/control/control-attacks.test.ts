import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakePeer } from '../cli/testing/fake-peer.ts'
import { createLog } from '../base/log.ts'
import { fail, type Result } from '../contract/result.ts'
import { newAddress, pathOfAddress, removeAddress } from './control-address.ts'
import { connectControl, type ControlClient } from './control-client.ts'
import { nonceBytes, proofBytes } from './control-proof.ts'
import { newRecord, readControlRecord, writeControlRecord, type ControlRecord } from './control-record.ts'
import { ControlServer } from './control-server.ts'
import { RelayingPeer, SquattingPeer, StrangeCommand } from './testing/hostile-socket.ts'

const log = createLog({ level: 'silent' })
const password = 'correct horse battery staple'
const unlock = { username: 'sam', password }
const isRoot = process.getuid?.() === 0
const nobodyId = 65_534

let parent = ''
let profileDir = ''
let peer = new FakePeer()
let server: ControlServer = new ControlServer({ peer, profileDir, log })
const open: { close(): unknown }[] = []

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kith-attack-'))
  profileDir = join(parent, 'profile')
  peer = new FakePeer()
  server = new ControlServer({ peer, profileDir, log, proofDeadlineMs: 400 })
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
  await server.stop()
  await rm(parent, { recursive: true, force: true })
})

function take<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

async function client(dir = profileDir): Promise<ControlClient> {
  const connected = take(await connectControl(dir))
  if (!connected) throw new Error('nobody listens')
  open.push(connected)
  return connected
}

async function record(): Promise<ControlRecord> {
  const read = take(await readControlRecord(profileDir))
  if (!read) throw new Error('there is no record')
  return read
}

/** A profile whose path is too long for a socket. */
async function deepProfile(): Promise<string> {
  const deep = join(profileDir, 'd'.repeat(100))
  await mkdir(deep, { recursive: true })
  server = new ControlServer({ peer, profileDir: deep, log, proofDeadlineMs: 400, address: { env: {} } })
  profileDir = deep
  return deep
}

function expectNothingTold(bytes: Buffer, secret: Uint8Array): void {
  // A random number and a keyed hash, and only where the squatter began as a peer does.
  expect(bytes.byteLength).toBeLessThanOrEqual(nonceBytes + proofBytes)
  for (const told of [password, 'sam', 'account.unlock', Buffer.from(secret)]) expect(bytes.includes(told)).toBe(false)
}

describe('a squatter on the address', () => {
  it.each([
    ['is silent', () => undefined, 'peer_silent'],
    ['ends at once', (end: () => void) => end(), 'control_unproved'],
  ] as const)('that %s hears nothing', { timeout: 15_000 }, async (_what, act, code) => {
    await mkdir(profileDir, { mode: 0o700 })
    const made = newRecord('control.sock')
    take(await writeControlRecord(profileDir, made))
    const squatter = new SquattingPeer((socket) => act(() => void socket.end()))
    await squatter.listen(join(profileDir, 'control.sock'))
    open.push(squatter)
    expect(await connectControl(profileDir)).toMatchObject({ ok: false, error: { code } })
    expect(squatter.heardBytes.byteLength).toBe(0)
  })

  it('that plays the peer without the secret hears no word of it, whatever it answers', async () => {
    await mkdir(profileDir, { mode: 0o700 })
    const made = newRecord('control.sock')
    take(await writeControlRecord(profileDir, made))
    const answers = [
      () => Buffer.alloc(proofBytes),
      // What the command has just proved, sent back to it.
      (heard: Buffer) => heard.subarray(nonceBytes),
      () => Buffer.alloc(100_000, 7),
    ]
    for (const answer of answers) {
      const squatter = new SquattingPeer((socket) => {
        socket.write(Buffer.alloc(nonceBytes, 1))
        socket.once('data', (chunk: Buffer) => socket.write(answer(chunk)))
      })
      await squatter.listen(join(profileDir, 'control.sock'))
      expect(await connectControl(profileDir)).toEqual(fail('control_unproved'))
      expectNothingTold(squatter.heardBytes, made.secret)
      await squatter.close()
    }
  })

  it('does not keep the real peer from starting', async () => {
    await mkdir(profileDir, { mode: 0o700 })
    take(await writeControlRecord(profileDir, newRecord('control.sock')))
    const squatter = new SquattingPeer((socket) => socket.end(Buffer.alloc(nonceBytes)))
    await squatter.listen(join(profileDir, 'control.sock'))
    open.push(squatter)
    take(await server.start())
    expect((await (await client()).call('account.unlock', unlock)).ok).toBe(true)
    expect(squatter.heardBytes.includes(password)).toBe(false)
  })
})

describe('the folder of a long profile', () => {
  it('cannot be guessed, is closed to others, and goes with the peer', async () => {
    const deep = await deepProfile()
    take(await server.start())
    const { address } = await record()
    expect(Buffer.byteLength(address)).toBeLessThanOrEqual(100)
    expect(address).toMatch(/\/kith-[0-9a-f]{32}\/control\.sock$/)
    expect((await stat(dirname(address))).mode & 0o777).toBe(0o700)
    expect((await (await client(deep)).call('state.snapshot', {})).ok).toBe(true)
    await server.stop()
    await expect(stat(dirname(address))).rejects.toThrow('ENOENT')
    take(await server.start())
    expect((await record()).address).not.toBe(address)
  })

  it('is cleaned up after a crash, and nothing else with it', async () => {
    await deepProfile()
    const left = take(await newAddress(profileDir, { env: {} }))
    await writeFile(left, '')
    take(await writeControlRecord(profileDir, newRecord(left)))
    expect(take(await connectControl(profileDir))).toBeNull()
    take(await server.start())
    await expect(stat(dirname(left))).rejects.toThrow('ENOENT')

    // A record may name any path: only a folder of our own kind is touched.
    await server.stop()
    const kept = join(parent, 'kept')
    await mkdir(kept, { mode: 0o700 })
    await writeFile(join(kept, 'control.sock'), 'dear')
    take(await writeControlRecord(profileDir, newRecord(join(kept, 'control.sock'))))
    take(await server.start())
    expect(await readdir(kept)).toEqual(['control.sock'])
  })

  it('that somebody makes again after a crash is not trusted', async () => {
    const deep = await deepProfile()
    const left = take(await newAddress(deep, { env: {} }))
    take(await writeControlRecord(deep, newRecord(left)))
    await chmod(dirname(left), 0o777)
    const squatter = new SquattingPeer((socket) => socket.write(Buffer.alloc(nonceBytes)))
    await squatter.listen(left)
    open.push(squatter, { close: () => rm(dirname(left), { recursive: true, force: true }) })
    expect(await connectControl(deep)).toEqual(fail('control_unproved'))
    expect(squatter.heard).toEqual([])

    const elsewhere = join(parent, `kith-${'0'.repeat(32)}`)
    await symlink(dirname(left), elsewhere)
    await chmod(dirname(left), 0o700)
    take(await writeControlRecord(deep, newRecord(join(elsewhere, 'control.sock'))))
    expect(await connectControl(deep)).toEqual(fail('control_unproved'))
    expect(squatter.heard).toEqual([])
  })

  it('is in the runtime folder of the user, where that is theirs alone', async () => {
    await deepProfile()
    const runtimeDir = join(parent, 'run')
    await mkdir(runtimeDir, { mode: 0o700 })
    const inside = async (): Promise<boolean> => {
      const address = take(await newAddress(profileDir, { env: { XDG_RUNTIME_DIR: runtimeDir } }))
      await removeAddress(profileDir, address)
      await expect(stat(dirname(address))).rejects.toThrow('ENOENT')
      return address.startsWith(`${runtimeDir}/`)
    }
    expect(await inside()).toBe(true)
    await chmod(runtimeDir, 0o755)
    expect(await inside()).toBe(false)
    await chmod(runtimeDir, 0o700)
    await rename(runtimeDir, join(parent, 'moved'))
    await symlink(join(parent, 'moved'), runtimeDir)
    expect(await inside()).toBe(false)
  })

  it('is a named pipe on Windows that nobody can guess', async () => {
    const one = take(await newAddress(profileDir, { platform: 'win32' }))
    expect(one).toMatch(/^\\\\\.\\pipe\\kith-[0-9a-f]{32}$/)
    expect(take(await newAddress(profileDir, { platform: 'win32' }))).not.toBe(one)
  })
})

/** A relay in the place of the real socket, which has another address now. */
async function relayed(change?: ConstructorParameters<typeof RelayingPeer>[1]) {
  const real = pathOfAddress(profileDir, 'control.sock')
  const moved = join(parent, 'moved.sock')
  await rename(real, moved)
  const relay = new RelayingPeer(moved, change)
  await relay.listen(real)
  open.push(relay)
  return { relay, real, moved }
}

describe('a relay that holds the address', () => {
  it('carries the call and learns nothing from it', async () => {
    take(await server.start())
    const { relay, real, moved } = await relayed()
    const phrase = 'zebra '.repeat(12)
    peer.handlers = { 'account.recoveryPhrase': () => Promise.resolve({ ok: true, value: { recoveryPhrase: phrase } }) }
    const one = await client()
    expect((await one.call('account.unlock', unlock)).ok).toBe(true)
    expect(take(await one.call('account.recoveryPhrase', { password })).recoveryPhrase).toBe(phrase)
    const { secret } = await record()
    for (const bytes of [Buffer.concat(relay.fromCommand), Buffer.concat(relay.fromPeer)]) {
      for (const told of [password, 'zebra', 'account.unlock', '"type"', Buffer.from(secret)]) {
        expect(bytes.includes(told)).toBe(false)
      }
    }
    await rename(moved, real).catch(() => undefined)
  })

  it.each(['command', 'peer'] as const)('changes nothing the %s says', async (whose) => {
    take(await server.start())
    let isProved = false
    await relayed((chunk, from) => {
      if (!isProved || from !== whose || chunk.byteLength < 30) return chunk
      const changed = Buffer.from(chunk)
      changed[25] = (changed[25] ?? 0) ^ 1
      return changed
    })
    const one = await client()
    isProved = true
    expect(await one.call('account.unlock', unlock)).toEqual(fail('peer_stopped'))
    if (whose === 'command') expect(peer.called).toEqual([])
  })

  it('has no use for what it heard before', async () => {
    take(await server.start())
    const { relay, real, moved } = await relayed()
    expect((await (await client()).call('account.unlock', unlock)).ok).toBe(true)
    const heard = Buffer.concat(relay.fromCommand)
    const said = Buffer.concat(relay.fromPeer)
    peer.called.splice(0)
    // To the peer: what the command said, proof and calls.
    const replay = new StrangeCommand(moved)
    replay.socket.write(heard)
    await replay.closed
    expect(peer.called).toEqual([])
    expect(replay.heardBytes.byteLength).toBe(nonceBytes)
    // To the command: what the peer said.
    await relay.close()
    const parrot = new SquattingPeer((socket) => void socket.write(said))
    await parrot.listen(real)
    open.push(parrot)
    expect(await connectControl(profileDir)).toEqual(fail('control_unproved'))
    expect(parrot.heardBytes.includes(password)).toBe(false)
  })
})

describe('whoever connects and proves nothing', () => {
  it.each([
    ['is silent', ''],
    ['speaks HTTP', 'GET / HTTP/1.1\r\n\r\n'],
    ['sends a wrong proof', 'x'.repeat(nonceBytes + proofBytes)],
    ['sends a megabyte', 'x'.repeat(1024 * 1024)],
    ['sends frames at once', '\0\0\0\x28{"type":"call","id":1,"name":"state.snapshot","input":{}}'.repeat(3)],
  ])('and %s is told a random number and is gone', async (_what, text) => {
    take(await server.start())
    const strange = new StrangeCommand(pathOfAddress(profileDir, 'control.sock'))
    const beganMs = performance.now()
    if (text !== '') strange.socket.write(text)
    await strange.closed
    expect(performance.now() - beganMs).toBeLessThan(3_000)
    expect(strange.heardBytes.byteLength).toBeLessThanOrEqual(nonceBytes)
    expect(peer.called).toEqual([])
  })

  it('byte by byte does not stay longer for it', async () => {
    take(await server.start())
    const strange = new StrangeCommand(pathOfAddress(profileDir, 'control.sock'))
    const drip = setInterval(() => strange.socket.write('x'), 50)
    const beganMs = performance.now()
    await strange.closed
    clearInterval(drip)
    expect(performance.now() - beganMs).toBeLessThan(3_000)
  })

  it('takes no place of a command, in whatever number', async () => {
    server = new ControlServer({ peer, profileDir, log, proofDeadlineMs: 60_000 })
    take(await server.start())
    const before = await client()
    const crowd = Array.from({ length: 200 }, () => new StrangeCommand(pathOfAddress(profileDir, 'control.sock')))
    await Promise.all(crowd.slice(0, 180).map(({ closed }) => closed))
    expect((await (await client()).call('state.snapshot', {})).ok).toBe(true)
    expect((await before.call('state.snapshot', {})).ok).toBe(true)
    await server.stop()
    await Promise.all(crowd.map(({ closed }) => closed))
  })
})

describe('the record', () => {
  it.each([
    ['may be read by others', () => chmod(join(profileDir, 'control.json'), 0o644)],
    ['may be written by a group', () => chmod(join(profileDir, 'control.json'), 0o660)],
    [
      'is a link',
      async () => {
        await rename(join(profileDir, 'control.json'), join(parent, 'elsewhere'))
        await symlink(join(parent, 'elsewhere'), join(profileDir, 'control.json'))
      },
    ],
    ['is far too long', () => writeFile(join(profileDir, 'control.json'), 'x'.repeat(100_000))],
  ])('is not believed where it %s', async (_what, spoil) => {
    take(await server.start())
    await spoil()
    expect(await connectControl(profileDir)).toEqual(fail('control_unproved'))
  })

  it.each(['', '{', 'null', '[]', '{"version":1}', '{"version":1,"address":"control.sock","profile":"","secret":"a"}'])(
    'that holds %j is as good as none, and is replaced',
    async (text) => {
      await mkdir(profileDir, { mode: 0o700 })
      await writeFile(join(profileDir, 'control.json'), text, { mode: 0o600 })
      expect(take(await connectControl(profileDir))).toBeNull()
      take(await server.start())
      expect((await (await client()).call('state.snapshot', {})).ok).toBe(true)
    },
  )

  it('of a copied profile does not lead to the peer of the original', async () => {
    const deep = await deepProfile()
    take(await server.start())
    const copy = join(parent, 'c'.repeat(110))
    await cp(deep, copy, { recursive: true, filter: (path) => !path.endsWith('.sock') })
    await chmod(join(copy, 'control.json'), 0o600)
    expect(take(await connectControl(copy))).toBeNull()
    expect((await (await client(deep)).call('state.snapshot', {})).ok).toBe(true)
  })

  it('changes under a command that dials: it takes the new one', async () => {
    await mkdir(profileDir, { mode: 0o700 })
    const stale = newRecord('control.sock')
    take(await writeControlRecord(profileDir, stale))
    const renewed = newRecord('control.sock')
    let attempts = 0
    const restarting = new SquattingPeer((socket) => {
      attempts += 1
      void writeControlRecord(profileDir, renewed).then(() => socket.end())
    })
    await restarting.listen(join(profileDir, 'control.sock'))
    open.push(restarting)
    expect(await connectControl(profileDir)).toEqual(fail('control_unproved'))
    expect(attempts).toBe(2)
  })
})

/** Runs as a user without any rights; only root can start such a process. */
describe.skipIf(!isRoot)('another user of this computer', () => {
  const asNobody = async (script: string, args: readonly string[]): Promise<string> => {
    const child = spawn(process.execPath, ['-e', script, ...args], { uid: nobodyId, gid: nobodyId, cwd: '/' })
    const text: string[] = []
    child.stdout.on('data', (chunk: Buffer) => text.push(chunk.toString()))
    await once(child, 'exit')
    return text.join('')
  }
  const tryConnect = `const s = require('node:net').connect(process.argv[1])
    s.on('connect', () => { console.log('connected'); s.destroy() }).on('error', (e) => console.log(e.code))`
  const tryMake = `try { require('node:fs').mkdirSync(process.argv[1], { mode: 0o777 }); console.log('made') }
    catch (e) { console.log(e.code) }`

  it('reaches neither the socket nor the record of a long profile', async () => {
    await chmod(parent, 0o755)
    await deepProfile()
    take(await server.start())
    const { address } = await record()
    expect(await asNobody(tryConnect, [address])).toBe('EACCES\n')
  })

  it('cannot have made the folder before', async () => {
    await deepProfile()
    const taken = join(tmpdir(), `kith-${'f'.repeat(32)}`)
    expect(await asNobody(tryMake, [taken])).toBe('made\n')
    open.push({ close: () => rm(taken, { recursive: true, force: true }) })
    const squatted = join(taken, 'control.sock')
    take(await writeControlRecord(profileDir, newRecord(squatted)))
    expect(await connectControl(profileDir)).toEqual(fail('control_unproved'))
    // And the peer neither uses nor removes it.
    take(await server.start())
    expect((await record()).address).not.toBe(squatted)
    expect((await stat(taken)).uid).toBe(nobodyId)
  })
})

it('nobody listens where no record is', async () => {
  expect(take(await connectControl(profileDir))).toBeNull()
  const socket = connect(join(profileDir, 'control.sock'))
  await expect(once(socket, 'connect')).rejects.toThrow('ENOENT')
})
