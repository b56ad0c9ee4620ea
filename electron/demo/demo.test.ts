import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../../node/base/log.ts'
import { kithError } from '../../node/contract/errors.ts'
import { fail, ok, type Result } from '../../node/contract/result.ts'
import type { LocalNetwork } from '../../node/net/local-network.ts'
import { emptyState, FakePeer, inviteLink } from '../testing/fake-peer.ts'
import { Demo } from './demo.ts'
import type { SecondInstall } from './second-install.ts'
import { SharingLoan } from './sharing-loan.ts'

const usualNetwork = { host: undefined, bootstrap: undefined }

let profileDir: string
beforeEach(() => {
  profileDir = mkdtempSync(path.join(tmpdir(), 'kith-demo-'))
})
afterEach(() => rmSync(profileDir, { recursive: true }))

/** A second window that comes up at once, or not, and closes when told. */
function setUp(ready: Result<void> = ok(), standing = false) {
  const peer = new FakePeer()
  const starts: { profileDir: string; inviteLink: string }[] = []
  let networksRunning = 0
  const makeNetwork = (): LocalNetwork => ({
    host: '127.0.0.1',
    bootstrap: [{ host: '127.0.0.1', port: 1 }],
    stop: () => {
      networksRunning -= 1
      return Promise.resolve()
    },
  })
  const standingNetwork = standing ? makeNetwork() : null
  let close: () => void = () => undefined
  const demo = new Demo({
    profileDir,
    usualNetwork,
    standingNetwork: () => standingNetwork,
    startNetwork: () => {
      networksRunning += 1
      return Promise.resolve(makeNetwork())
    },
    startSecond: (options): SecondInstall => {
      starts.push(options)
      mkdirSync(options.profileDir)
      const gone = new Promise<void>((resolve) => (close = resolve))
      const stop = (): Promise<void> => {
        close()
        return gone
      }
      return { ready: Promise.resolve(ready), gone, stop }
    },
    loan: new SharingLoan(path.join(profileDir, 'demo-sharing')),
    log: createLog({ level: 'silent' }),
  })
  const ended = async (): Promise<void> => {
    while (demo.isRunning || networksRunning > 0 || readdirSync(profileDir).length > 0) await new Promise(setImmediate)
  }
  return { demo, peer, starts, closeSecond: () => close(), ended, networksRunning: () => networksRunning }
}

describe('"Try it alone"', () => {
  it('makes a pool and an invite, shares, and starts the second window on the local network', async () => {
    const { demo, peer, starts } = setUp()
    expect(await demo.start(peer)).toEqual(ok())
    expect(peer.asked).toEqual(['setNetwork', 'pool.create', 'pool.createInvite', 'sharing.set'])
    expect(peer.networks[0]).toMatchObject({ host: '127.0.0.1' })
    expect(starts).toMatchObject([{ inviteLink }])
    expect(starts[0]?.profileDir.startsWith(profileDir)).toBe(true)
  })

  it('puts network, sharing and folders back when the second window closes', async () => {
    const { demo, peer, closeSecond, ended } = setUp()
    await demo.start(peer)
    closeSecond()
    await ended()
    expect(peer.networks.at(-1)).toEqual(usualNetwork)
    expect(peer.state.sharing.isEnabled).toBe(false)
  })

  it('leaves sharing on for a person who shared before', async () => {
    const { demo, peer, closeSecond, ended } = setUp()
    peer.state = { ...peer.state, sharing: { ...peer.state.sharing, isEnabled: true } }
    await demo.start(peer)
    closeSecond()
    await ended()
    expect(peer.state.sharing.isEnabled).toBe(true)
  })

  it('starts once, however often it is asked', async () => {
    const { demo, peer, starts } = setUp()
    await Promise.all([demo.start(peer), demo.start(peer)])
    await demo.start(peer)
    expect(starts).toHaveLength(1)
  })

  it('says why a second window did not come up, and leaves nothing behind', async () => {
    const { demo, peer, ended } = setUp(fail('demo_failed', { reason: 'no room' }))
    expect(await demo.start(peer)).toMatchObject({ ok: false, error: { code: 'demo_failed' } })
    await ended()
    expect(peer.networks.at(-1)).toEqual(usualNetwork)
    expect(peer.state.sharing.isEnabled).toBe(false)
  })

  it('returns to the usual network when the pool cannot be made', async () => {
    const { demo, peer, ended, starts } = setUp()
    peer.failures.set('pool.create', kithError('storage_failed', { reason: 'test' }))
    expect(await demo.start(peer)).toMatchObject({ ok: false, error: { code: 'demo_failed' } })
    await ended()
    expect(starts).toEqual([])
    expect(peer.networks.at(-1)).toEqual(usualNetwork)
  })

  it('needs somebody signed in', async () => {
    const { demo, peer } = setUp()
    peer.state = emptyState()
    expect(await demo.start(peer)).toMatchObject({ ok: false, error: { code: 'not_signed_in' } })
  })

  it('moves nobody where the process is on a local network from the start', async () => {
    const { demo, peer, closeSecond, ended } = setUp(ok(), true)
    await demo.start(peer)
    closeSecond()
    await ended()
    expect(peer.networks).toEqual([])
  })

  it('closes the second window with the first', async () => {
    const { demo, peer, networksRunning } = setUp()
    await demo.start(peer)
    await demo.stop(peer)
    expect(peer.state.sharing.isEnabled).toBe(false)
    expect(readdirSync(profileDir)).toEqual([])
    await demo.close()
    expect(networksRunning()).toBe(0)
  })
})

it('sharing lent to a demo that crashed is given back later', async () => {
  const file = path.join(profileDir, 'demo-sharing')
  const peer = new FakePeer()
  await new SharingLoan(file).take(peer, false)
  expect(existsSync(file)).toBe(true)

  const later = new SharingLoan(file)
  peer.failures.set('sharing.set', kithError('not_signed_in'))
  expect((await later.giveBack(peer)).ok).toBe(false)
  peer.failures.clear()
  expect((await later.giveBack(peer)).ok).toBe(true)
  expect(peer.state.sharing.isEnabled).toBe(false)
  expect(existsSync(file)).toBe(false)
})
