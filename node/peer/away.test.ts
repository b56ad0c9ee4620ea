import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KithError } from '../contract/errors.ts'
import { presenceIn } from '../contract/presence.ts'
import type { AppState, Pool } from '../contract/state.ts'
import { mortalWords, startMortalOllama } from '../engines/testing/mortal-ollama.ts'
import { PeerBench } from './testing/peer-bench.ts'
import { valueOf } from './testing/test-peer.ts'

let bench: PeerBench
beforeAll(async () => {
  bench = await PeerBench.open()
})
afterAll(() => bench.close())

const shared = ({ pools }: AppState): Pool => {
  const pool = pools.find(({ kind }) => kind === 'shared')
  if (!pool) throw new Error('In no pool')
  return pool
}

it('names who is away and what their computer is called, also after a restart', async () => {
  const { giver, asker, model, poolId } = await bench.pair(['mia', 'ben'])
  valueOf(await giver.peer.call('settings.update', { deviceName: 'Gaming PC' }))
  await asker.until(({ machines }) => machines.some(({ name }) => name === 'Gaming PC'), 'the name')
  const answer = await asker.ask({ text: 'Say something.', model, poolId })
  expect(answer.answer).toMatchObject({ machineName: 'Gaming PC', memberName: 'mia', isOwnMachine: false })
  const isRead = ({ machines }: AppState): boolean => machines.some((one) => !one.isSelf && one.sharesWhenOn === true)
  await asker.until(isRead, 'what the other computer says of itself')
  await giver.stop()
  await asker.stop()

  const again = await bench.start('ben', { directory: asker.directory })
  await again.unlock()
  const isKnown = ({ machines, pools }: AppState): boolean =>
    machines.some(({ name }) => name === 'Gaming PC') && pools.some(({ members }) => members.length === 2)
  const known = await again.until(isKnown, 'the name of the computer that is off')
  expect(known.machines.find(({ isSelf }) => !isSelf)).toMatchObject({ ownerName: 'mia', connection: 'offline' })
  expect(presenceIn(shared(known), known.machines)).toEqual({ state: 'away', people: ['mia'] })
  const refused = await again.ask({ text: 'Are you there?', model, poolId })
  expect(refused.answer?.error).toMatchObject({ code: 'nobody_online', details: { pool: 'Friends', members: 'mia' } })
})

it('tells of a dead engine whose computer it is to the asker, and to its owner what happened', async () => {
  const ollama = await startMortalOllama()
  const owner = await bench.start('olga', { ollamaUrl: ollama.url })
  const asker = await bench.start('anton')
  await owner.signUp()
  await asker.signUp()
  const { poolId } = valueOf(await owner.peer.call('pool.create', { name: 'Friends' }))
  const grant = { role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 } as const
  const { link } = valueOf(await owner.peer.call('pool.createInvite', { poolId, ...grant }))
  valueOf(await asker.peer.call('pool.join', { link }))
  valueOf(await owner.peer.call('sharing.set', { isEnabled: true }))
  await asker.until(({ machines }) => machines.some((one) => !one.isSelf && one.isSharing), 'the shared model')
  const notices: KithError[] = []
  owner.peer.listen('notice', ({ error }) => notices.push(error))
  const empty = await asker.ask({ text: 'Say nothing.', model: ollama.model, poolId })
  expect([empty.text, empty.answer?.state]).toEqual(['', 'complete'])

  let serving: AppState['sharing'] | undefined
  const answer = await asker.ask({ text: 'Hello?', model: ollama.model, poolId }, () => {
    if (serving) return
    void owner
      .until(({ sharing }) => sharing.activeAnswers === 1, 'who is served')
      .then(async ({ sharing }) => {
        serving = sharing
        await ollama.die()
      })
  })
  expect(answer.text).toContain(mortalWords)
  expect(answer.answer?.error?.message).toBe("Ollama on olga's computer stopped. Ask again or choose another model.")
  expect(serving?.serving).toMatchObject([{ name: 'anton', activeAnswers: 1, waitingAnswers: 0 }])
  expect(notices.map(({ message }) => message)).toEqual([
    'Ollama stopped while it answered anton. Start it again, so that others can go on asking.',
  ])
})
