import { cp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { slowLayers, tinySentence } from '../../resources/scripts/real/tiny-gguf.mjs'
import { PeerBench, type Pair } from './testing/peer-bench.ts'
import { valueOf } from './testing/test-peer.ts'

describe('two installs of one pool', () => {
  let bench: PeerBench
  beforeAll(async () => {
    bench = await PeerBench.open()
  })
  afterAll(() => bench.close())

  it('answers a prompt of one with the model of the other, word for word', async () => {
    const giver = await bench.start('giver')
    const asker = await bench.start('asker')
    await giver.signUp()
    await asker.signUp()
    const model = await giver.importTinyModel()
    const { poolId } = valueOf(await giver.peer.call('pool.create', { name: 'Friends' }))
    const { link } = valueOf(
      await giver.peer.call('pool.createInvite', { poolId, role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 }),
    )
    valueOf(await asker.peer.call('pool.join', { link }))
    await asker.until((state) => state.pools.find((pool) => pool.poolId === poolId)?.state === 'active', 'the pool')

    const before = await asker.ask({ text: 'Are you there?', model, poolId })
    expect(before.answer).toMatchObject({ state: 'failed', error: { code: 'model_not_found' } })

    valueOf(await giver.peer.call('sharing.set', { isEnabled: true }))
    await asker.until(
      (state) => state.machines.some((machine) => !machine.isSelf && machine.isSharing),
      'the shared model',
    )
    const pieces: string[] = []
    const answer = await asker.ask({ text: 'Say something.', model, poolId }, (text) => pieces.push(text))
    const own = await giver.ask({ text: 'Say something.', model, poolId })
    expect(answer.answer).toMatchObject({ state: 'complete', isOwnMachine: false, error: null })
    expect(answer.text).toBe(own.text)
    expect(answer.text).toContain(tinySentence)
    expect(pieces.join('')).toBe(answer.text)
    expect(answer.answer?.completionTokens).toBeGreaterThan(5)
  })

  /** A pool of two in which the giver shares a model that never stops by itself. */
  const endlessPool = (names: [string, string]): Promise<Pair> =>
    bench.pair(names, { endless: true, layers: slowLayers })

  it('ends an answer for another person on the next token when sharing is switched off', async () => {
    const { giver, asker, model, poolId } = await endlessPool(['switcher', 'interrupted'])
    let isOff = false
    const answer = await asker.ask({ text: 'Count.', model, poolId, maxTokens: 30_000 }, () => {
      if (isOff) return
      isOff = true
      void giver.peer.call('sharing.set', { isEnabled: false })
    })
    expect(answer.answer).toMatchObject({ state: 'failed', error: { code: 'sharing_off' } })
    expect(answer.text.length).toBeGreaterThan(0)
    await giver.until(
      ({ machines }) => machines.find(({ isSelf }) => isSelf)?.activeAnswers === 0,
      'the engine to be free',
    )
  })

  it('refuses a suspended member and says so, then answers again after the suspension is lifted', async () => {
    const { giver, asker, model, poolId } = await endlessPool(['manager', 'suspended'])
    const { account } = await asker.state()
    const accountId = account.current?.accountId ?? ''
    valueOf(await giver.peer.call('pool.suspendMember', { poolId, accountId }))
    await asker.until(
      (state) => state.pools.find((pool) => pool.poolId === poolId)?.state === 'suspended',
      'the suspension',
    )
    const refused = await asker.ask({ text: 'Count.', model, poolId, maxTokens: 5 })
    expect(refused.answer).toMatchObject({ state: 'failed', error: { code: 'member_suspended' } })
    valueOf(await giver.peer.call('pool.resumeMember', { poolId, accountId }))
    await asker.until((state) => state.machines.some((machine) => !machine.isSelf && machine.isSharing), 'the way back')
    const answered = await asker.ask({ text: 'Count.', model, poolId, maxTokens: 5 })
    expect(answered.answer).toMatchObject({ state: 'complete' })
  })

  it('lets an answer for another person finish when it is told to quit, and refuses new requests', async () => {
    const { giver, asker, model, poolId } = await endlessPool(['finishing', 'finished'])
    const answering = asker.ask({ text: 'Count.', model, poolId, maxTokens: 400 })
    await expect.poll(() => giver.peer.forOthers, { timeout: 15_000 }).toBe(1)
    const draining = giver.peer.drain(AbortSignal.timeout(60_000))
    const refused = await asker.ask({ text: 'Me too?', model, poolId, maxTokens: 5 })
    expect(refused.answer).toMatchObject({ state: 'failed', error: { code: 'shutting_down' } })
    expect(giver.peer.forOthers).toBe(1)
    await draining
    expect(giver.peer.forOthers).toBe(0)
    await giver.stop()
    expect((await answering).answer).toMatchObject({ state: 'complete', completionTokens: 400 })
  })

  it('quits at its deadline whatever an engine does, and says why', async () => {
    const { giver, asker, model, poolId } = await endlessPool(['leaving', 'left'])
    const answering = asker.ask({ text: 'Count.', model, poolId, maxTokens: 30_000 })
    await expect.poll(() => giver.peer.forOthers, { timeout: 15_000 }).toBe(1)
    const startedMs = performance.now()
    await giver.peer.drain(AbortSignal.timeout(500))
    await giver.stop()
    expect(performance.now() - startedMs).toBeLessThan(15_000)
    expect((await answering).answer).toMatchObject({ state: 'failed', error: { code: 'shutting_down' } })
  })

  it('finds account, pool, chats and sharing again after a restart of both', async () => {
    const { giver, asker, model, poolId } = await endlessPool(['restarted', 'restarting'])
    await asker.ask({ text: 'Remember me.', model, poolId, maxTokens: 5 })
    await giver.stop()
    await asker.stop()
    const again = await Promise.all(
      [giver, asker].map(({ username, directory }) => bench.start(username, { directory })),
    )
    for (const peer of again) await peer.unlock()
    const [, askerAgain] = again
    const state = await askerAgain?.until(
      ({ machines }) => machines.some((machine) => !machine.isSelf && machine.isSharing),
      'the pool',
    )
    expect(state?.chats.map((chat) => chat.title)).toEqual(['Remember me.'])
    expect(state?.pools.map((pool) => pool.name)).toEqual(['My devices', 'Friends'])
    const answered = await askerAgain?.ask({ text: 'Once more.', model, poolId, maxTokens: 5 })
    expect(answered?.answer).toMatchObject({ state: 'complete', isOwnMachine: false })
  })

  it('gives a copied profile new keys, keeps its chats, and lets both copies live in the pool', async () => {
    const original = await bench.start('original')
    await original.signUp()
    const before = await original.state()
    const poolId = before.pools[0]?.poolId
    if (!poolId) throw new Error('Signing up makes a pool')
    const model = await original.importTinyModel()
    await original.ask({ text: 'Kept?', model, poolId })
    await original.stop()
    const directory = `${original.directory}-copy`
    await cp(original.directory, directory, { recursive: true })
    const [first, copy] = [
      await bench.start('original', { directory: original.directory }),
      await bench.start('original', { directory }),
    ]
    await first.unlock()
    await copy.unlock()
    const state = await copy.state()
    expect(state.account).toMatchObject({ copiedProfile: true })
    expect(state.account.current?.deviceId).not.toBe(before.account.current?.deviceId)
    expect(state.chats.map((chat) => chat.title)).toEqual(['Kept?'])
    await first.until(
      ({ machines }) => machines.some((machine) => !machine.isSelf && machine.connection === 'admitted'),
      'the copy',
    )
  })

  it('gives an install whose stores were restored from a backup new keys, and keeps what the backup had', async () => {
    const { asker, giver, model, poolId } = await endlessPool(['keeper', 'restored'])
    await asker.ask({ text: 'In the backup.', model, poolId, maxTokens: 5 })
    const { account } = await asker.state()
    const accountDir = join(asker.directory, 'profile', 'accounts', account.current?.tag ?? '')
    await asker.stop()
    const [folder] = await readdir(join(asker.directory, 'profile', 'accounts'))
    const stores = ['local', 'pools'].map((name) => join(accountDir, '..', folder ?? '', name))
    for (const store of stores) await cp(store, `${store}.backup`, { recursive: true })
    const later = await bench.start('restored', { directory: asker.directory })
    await later.unlock()
    await later.ask({ text: 'After the backup.', model, poolId, maxTokens: 5 })
    await later.stop()
    for (const store of stores) {
      await rm(store, { recursive: true })
      await rename(`${store}.backup`, store)
    }
    const restored = await bench.start('restored', { directory: asker.directory })
    await restored.unlock()
    const state = await restored.until(
      ({ machines }) => machines.some((machine) => !machine.isSelf && machine.isSharing),
      'the pool after the restore',
    )
    expect(state.account.copiedProfile).toBe(true)
    expect(state.account.current?.deviceId).not.toBe(account.current?.deviceId)
    expect(state.chats.map((chat) => chat.title)).toEqual(['In the backup.'])
    const seen = await giver.state()
    expect(seen.machines.filter((machine) => machine.accountId === account.current?.accountId)).toHaveLength(2)
  })

  it('signs out and in again in one run, and is back in its pool', async () => {
    const { asker, giver, model, poolId } = await endlessPool(['staying', 'returning'])
    valueOf(await asker.peer.call('account.logOut', {}))
    await giver.until(
      ({ machines }) => machines.every((machine) => machine.isSelf || machine.connection === 'offline'),
      'the goodbye',
    )
    const wrong = await asker.peer.call('account.unlock', { username: 'returning', password: 'not the right one' })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'password_wrong' } })
    await asker.unlock()
    await asker.until((state) => state.machines.some((machine) => !machine.isSelf && machine.isSharing), 'the pool')
    expect((await asker.ask({ text: 'Again.', model, poolId, maxTokens: 5 })).answer?.state).toBe('complete')
  })
})
