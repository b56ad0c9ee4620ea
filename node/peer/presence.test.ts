import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { PoolId } from '../contract/ids.ts'
import type { AppState, Machine } from '../contract/state.ts'
import { startLocalNetwork, type LocalNetwork } from '../net/local-network.ts'
import { startChild } from '../protocol/testing/built-child.ts'
import { TestPeer, valueOf } from './testing/test-peer.ts'

/** Within this time every page has to show that a computer is there, or is not. */
const truthMs = 3_000

let network: LocalNetwork
let owner: TestPeer
let mate: Awaited<ReturnType<typeof startChild>>
let model: string
let poolId: PoolId

beforeAll(async () => {
  network = await startLocalNetwork()
  owner = await TestPeer.start('owner', network)
  await owner.signUp()
  poolId = valueOf(await owner.peer.call('pool.create', { name: 'Friends' })).poolId
  const grant = { role: 'member', usesAllowed: 1, lifetimeMs: 3_600_000 } as const
  const { link } = valueOf(await owner.peer.call('pool.createInvite', { poolId, ...grant }))
  mate = await startChild(join(import.meta.dirname, 'testing/mate-process.ts'), [
    String(network.bootstrap[0]?.port),
    'mate',
  ])
  const [hello] = await once(mate, 'message')
  model = z.object({ model: z.string() }).parse(hello).model
  mate.send({ link })
})
afterAll(async () => {
  mate.kill('SIGKILL')
  await owner.remove()
  await network.stop()
})

const mateIn = ({ machines }: AppState): Machine | undefined => machines.find(({ isSelf }) => !isSelf)
const isThere = (state: AppState): boolean =>
  mateIn(state)?.connection === 'admitted' && mateIn(state)?.isSharing === true
/** As the pages for pools, for the network and for the chat show it. */
const isGone = (state: AppState): boolean => {
  const machine = mateIn(state)
  return machine?.connection === 'offline' && machine.activeAnswers === 0 && state.network.connectedMachines === 0
}

/** The mate writes an answer without end, and its owner sees that it does. */
async function keepBusy(): Promise<void> {
  await owner.until(isThere, 'the mate')
  const asked = await owner.peer.call('chat.ask', { chatId: null, text: 'Count.', model, poolId, temperature: 0 })
  valueOf(asked)
  await owner.until((state) => mateIn(state)?.activeAnswers === 1, 'the answer to begin')
}

async function millisecondsUntil(isSo: (state: AppState) => boolean, what: string): Promise<number> {
  const startedMs = performance.now()
  await owner.until(isSo, what)
  return performance.now() - startedMs
}

it('shows within three seconds that a computer stands still, and that it goes on', async () => {
  await keepBusy()
  mate.kill('SIGSTOP')
  expect(await millisecondsUntil(isGone, 'the mate to be shown as away')).toBeLessThan(truthMs)
  // Who stands still for a while does not have to be let in anew.
  mate.kill('SIGCONT')
  expect(await millisecondsUntil(isThere, 'the mate to be back')).toBeLessThan(truthMs)
})

it('shows within three seconds that a computer was killed in the middle of an answer', async () => {
  await keepBusy()
  mate.kill('SIGKILL')
  expect(await millisecondsUntil(isGone, 'the mate to be shown as away')).toBeLessThan(truthMs)
})
