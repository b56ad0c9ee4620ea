import { describe, expect, it } from 'vitest'
import { createLog } from '../../node/base/log.ts'
import { kithError } from '../../node/contract/errors.ts'
import { PeerHost, type HostedPeer } from './peer-host.ts'
import { FakePeer } from '../testing/fake-peer.ts'

const log = createLog({ level: 'silent' })

describe('the host of the peer', () => {
  it('lets calls of a page that is faster than the start wait for it', async () => {
    let finish: (peer: HostedPeer) => void = () => undefined
    const host = new PeerHost(() => new Promise((resolve) => (finish = resolve)), log)
    const before = host.dispatch('state.snapshot', {})
    const starting = host.start()
    const during = host.dispatch('state.snapshot', {})
    finish(new FakePeer())
    expect(await starting).toMatchObject({ ok: true })
    expect(await before).toMatchObject({ ok: true })
    expect(await during).toMatchObject({ ok: true })
  })

  it('answers the coded reason after a failed start, and works after a retry', async () => {
    const error = kithError('disk_full', { needed: '1 MB', free: '0 MB' })
    let attempts = 0
    const host = new PeerHost(() => {
      attempts += 1
      if (attempts === 1) throw Object.assign(new Error('no room'), { error })
      return Promise.resolve(new FakePeer())
    }, log)
    expect(await host.start()).toEqual({ ok: false, error })
    expect(host.state).toEqual({ name: 'failed', error })
    expect(await host.dispatch('state.snapshot', {})).toEqual({ ok: false, error })
    expect(await host.start()).toMatchObject({ ok: true })
    expect(await host.dispatch('state.snapshot', {})).toMatchObject({ ok: true })
  })

  it('starts one peer, however often it is asked', async () => {
    let made = 0
    const host = new PeerHost(() => {
      made += 1
      return Promise.resolve(new FakePeer())
    }, log)
    await Promise.all([host.start(), host.start()])
    await host.start()
    expect(made).toBe(1)
  })

  it('drains only what there is to drain, and tells how much', async () => {
    const peer = new FakePeer()
    const host = new PeerHost(() => Promise.resolve(peer), log)
    const told: number[] = []
    const { signal } = new AbortController()
    await host.drain(signal, (requests) => told.push(requests))
    await host.start()
    await host.drain(signal, (requests) => told.push(requests))
    peer.forOthers = 2
    await host.drain(signal, (requests) => told.push(requests))
    expect([peer.asked, told]).toEqual([['start', 'drain'], [2]])
  })

  it('stops for good', async () => {
    const peer = new FakePeer()
    const host = new PeerHost(() => Promise.resolve(peer), log)
    await host.start()
    await host.stop()
    expect(peer.asked).toEqual(['start', 'stop'])
    expect(await host.dispatch('state.snapshot', {})).toMatchObject({ ok: false, error: { code: 'shutting_down' } })
    expect(await host.start()).toMatchObject({ ok: false, error: { code: 'shutting_down' } })
  })
})
