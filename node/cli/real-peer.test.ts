import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLocalNetwork } from '../net/local-network.ts'
import { TestPeer } from '../peer/testing/test-peer.ts'
import { TestInstall, type Run } from './testing/run.ts'

/** The commands as they run on a peer that is up, over its control socket. */
describe('the commands on a real peer', () => {
  let peer: TestPeer
  let install: TestInstall
  let close: () => Promise<void>

  beforeAll(async () => {
    const network = await startLocalNetwork()
    peer = await TestPeer.start('ada', { host: '127.0.0.1', bootstrap: network.bootstrap })
    install = new TestInstall(peer.peer)
    const unlisten = await install.listen()
    close = async () => {
      await unlisten()
      await peer.remove()
      await network.stop()
      install.remove()
    }
  }, 30_000)
  afterAll(() => close())

  const json = async (...argv: string[]): Promise<Run['lines']> => {
    const run = await install.run([...argv, '--json'], { env: { KITH_PASSWORD: 'long enough to do' } })
    expect(run).toMatchObject({ code: 0 })
    return run.lines
  }

  it('make an account, a pool with a plan and an invite, and a key that opens the local API', async () => {
    await json('register', 'ada')
    expect(await json('whoami')).toMatchObject([{ type: 'whoami', username: 'ada' }])
    await json('pool', 'create', 'Family')
    await peer.until(({ pools }) => pools.some(({ name }) => name === 'Family'), 'the pool')
    await json('plans', 'set', 'kids', '--name', 'Kids', '--limit', 'tokens-per-day=1000')
    await peer.until(({ pools }) => pools.some(({ plans }) => plans.some(({ name }) => name === 'Kids')), 'the plan')
    expect(await json('plans', 'list')).toContainEqual(
      expect.objectContaining({ type: 'plan', planId: 'kids', limits: { tokensPerDay: 1_000 } }),
    )
    expect(await json('invite', 'create', '--plan', 'kids')).toMatchObject([{ type: 'invite', planId: 'kids' }])
    const [invite] = (await json('invite', 'list')) as { inviteId: string; state: string }[]
    expect(invite?.state).toBe('open')
    await json('invite', 'revoke', invite?.inviteId.slice(0, 6) ?? '')
    expect(await json('invite', 'list')).toMatchObject([{ state: 'revoked' }])
    expect(await json('members', 'list')).toMatchObject([{ type: 'member', username: 'ada', role: 'owner' }])
    expect(await json('devices', 'list')).toMatchObject([{ type: 'device', isSelf: true }])

    const [made] = (await json('keys', 'create', 'Editor', '--limit', 'requests-per-day=9')) as { plainKey: string }[]
    const { api } = await peer.until((state) => state.api.state === 'running' && state.keys.length > 0, 'the local API')
    const headers = { authorization: `Bearer ${made?.plainKey ?? ''}` }
    expect((await fetch(`${api.url ?? ''}/models`, { headers })).status).toBe(200)
    expect((await install.run(['status'])).out).toContain(api.url)
    await json('keys', 'rename', 'Editor', 'Vim')
    await peer.until(({ keys }) => keys[0]?.name === 'Vim', 'the new name')
    expect(await json('keys', 'limits', 'Vim', '--limit', 'tokens-per-day=5')).toMatchObject([
      { type: 'key-limits-changed', limits: { requestsPerDay: 9, tokensPerDay: 5 } },
    ])
    await json('keys', 'rotate', 'Vim')
    expect((await fetch(`${api.url ?? ''}/models`, { headers })).status).toBe(401)
    await json('keys', 'revoke', 'Vim')
    await peer.until(({ keys }) => keys[0]?.state === 'revoked', 'the end of the key')
    expect(await json('keys', 'list')).toEqual([])
    expect(await json('keys', 'list', '--all')).toMatchObject([{ name: 'Vim', state: 'revoked' }])

    expect(await json('limits')).toContainEqual(expect.objectContaining({ type: 'plan-limits', name: 'Family' }))
    expect(await json('usage')).toMatchObject([{ type: 'usage-totals', direction: 'consumed', requests: 0 }])
    expect(await json('usage', 'receipts')).toEqual([])
    expect(await json('usage', 'export', '--csv')).toMatchObject([{ type: 'usage-exported' }])
    expect(await json('usage', 'export', '--json-lines')).toMatchObject([{ type: 'usage-exported', text: '' }])
    expect(await json('usage', 'verify')).toMatchObject([{ type: 'usage-verified', receipts: 0, problems: [] }])
    await json('logout')
    expect((await install.run(['whoami'])).code).toBe(1)
  })
})
