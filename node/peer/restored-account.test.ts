import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tinySentence } from '../../resources/scripts/real/tiny-gguf.mjs'
import type { AppState } from '../contract/state.ts'
import { ThreeInstalls } from './testing/three-installs.ts'
import { testPassword, valueOf, type TestPeer } from './testing/test-peer.ts'

/** Bob's account is linked on a desk and a laptop, and his phrase is typed on a third computer. */
describe('an account that is restored on a third computer', () => {
  let installs: ThreeInstalls
  let third: TestPeer
  beforeEach(async () => {
    installs = await ThreeInstalls.start(1_000)
    third = await installs.bare('bob')
  })
  afterEach(async () => {
    await third.remove()
    await installs.remove()
  })

  const restore = (areOthersLost: boolean) =>
    third.peer.call('account.restore', {
      username: 'bob',
      password: testPassword,
      recoveryPhrase: installs.recoveryPhrase,
      areOthersLost,
    })

  it('joins the others where they are not lost: all three go on, with pools and keys', async () => {
    const { desk, laptop, poolId, model, keyId } = installs
    valueOf(await restore(false))
    const isWhole = ({ account }: AppState): boolean =>
      account.current?.devices.filter(({ isConnected }) => isConnected).length === 3
    for (const peer of [third, desk, laptop]) await peer.until(isWhole, 'the three computers of the account')
    await third.until(({ keys }) => keys.some((key) => key.keyId === keyId), 'the key of the account')
    for (const peer of [third, desk, laptop]) {
      await peer.until(
        ({ pools, machines }) =>
          pools.some((pool) => pool.poolId === poolId && pool.state === 'active') &&
          machines.some(({ isSelf, isSharing }) => !isSelf && isSharing),
        'the pool and the shared model',
      )
      const answer = await peer.ask({ text: 'Say something.', model, poolId })
      expect(answer).toMatchObject({ answer: { state: 'complete' }, text: expect.stringContaining(tinySentence) })
    }
    expect(await installs.askWithKey(third)).toBe(200)
    expect((await third.state()).account.current?.devices.map(({ name }) => name)).toContain('Laptop')
  })

  it('unlinks the others where they are lost, and they say why they were signed out', async () => {
    const { desk, laptop } = installs
    const notices = new Map<TestPeer, string[]>([desk, laptop].map((peer) => [peer, []]))
    for (const [peer, codes] of notices) peer.peer.listen('notice', ({ error }) => codes.push(error.message))
    valueOf(await restore(true))
    const today = new Date().toISOString().slice(0, 10)
    for (const [peer, messages] of notices) {
      await peer.until(({ account }) => account.current === null, 'the end')
      const why = `This account was restored elsewhere on ${today}`
      await expect.poll(() => messages, { timeout: 5_000 }).toEqual([expect.stringContaining(why)])
      const again = await peer.peer.call('account.unlock', { username: 'bob', password: testPassword })
      expect(again).toMatchObject({ ok: false, error: { code: 'restored_elsewhere' } })
    }
    expect((await third.state()).account.current?.devices).toHaveLength(1)
  })
})
