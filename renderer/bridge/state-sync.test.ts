import { describe, expect, it } from 'vitest'
import type { AppState, SliceName } from '../../node/contract/state.ts'
import { FakePeer } from '../testing/fake-peer/fake-peer.ts'
import { freshState } from '../testing/fake-peer/fake-state.ts'
import { createClient } from './client.ts'
import { StateSync } from './state-sync.ts'

function follow(peer: FakePeer) {
  const held: { state: AppState | null; snapshots: number } = { state: null, snapshots: 0 }
  const sync = new StateSync(createClient(peer.bridge()), {
    replaceAll(state) {
      held.state = state
      held.snapshots += 1
    },
    replaceSlice<K extends SliceName>(slice: K, value: AppState[K]) {
      if (held.state !== null) held.state = { ...held.state, [slice]: value }
    },
  })
  return { held, sync }
}

const share = (activeAnswers: number): AppState['sharing'] => ({
  isEnabled: true,
  activeAnswers,
  waitingAnswers: 0,
  serving: [],
  servedPerMinute: [],
})

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

describe('following the peer’s state', () => {
  it('takes a snapshot, then deltas in order', async () => {
    const peer = new FakePeer(freshState())
    const { held, sync } = follow(peer)
    expect((await sync.start()).ok).toBe(true)
    peer.change('sharing', share(1))
    peer.change('sharing', share(2))
    expect(held.state?.sharing.activeAnswers).toBe(2)
    expect(held.snapshots).toBe(1)
  })

  it('asks for a new snapshot after a gap', async () => {
    const peer = new FakePeer(freshState())
    const { held, sync } = follow(peer)
    await sync.start()
    peer.state = { ...peer.state, sharing: share(5) }
    peer.sequence += 1
    peer.change('runtime', { ...peer.state.runtime, version: '9.9.9' })
    await settled()
    expect(held.snapshots).toBe(2)
    expect(held.state).toEqual(peer.state)
  })

  it('keeps what arrives while a snapshot is on its way', async () => {
    const peer = new FakePeer(freshState())
    const before = peer.state
    const { held, sync } = follow(peer)
    peer.on('state.snapshot', () => {
      const snapshot = { sequence: peer.sequence, state: before }
      peer.change('sharing', share(3))
      return { ok: true, value: snapshot }
    })
    await sync.start()
    expect(held.state?.sharing.activeAnswers).toBe(3)
    expect(held.snapshots).toBe(1)
  })

  it('ignores deltas from before the snapshot, and asks again when one does not fit the contract', async () => {
    const peer = new FakePeer(freshState())
    const { held, sync } = follow(peer)
    await sync.start()
    peer.emit('state', { sequence: 0, slice: 'chats', value: [] })
    expect(held.snapshots).toBe(1)
    peer.sequence += 1
    peer.emit('state', { sequence: peer.sequence, slice: 'sharing', value: { isEnabled: 'yes' } })
    await settled()
    expect(held.snapshots).toBe(2)
  })

  it('says so when there is no snapshot to be had', async () => {
    const peer = new FakePeer(freshState())
    peer.on('state.snapshot', () => ({ ok: false, error: { code: 'offline', message: '', details: {} } }))
    const { sync } = follow(peer)
    expect(await sync.start()).toMatchObject({ ok: false, error: { code: 'offline' } })
  })
})
