import { afterAll, beforeAll, expect, it } from 'vitest'
import { PeerBench } from './testing/peer-bench.ts'
import { valueOf } from './testing/test-peer.ts'

let bench: PeerBench
beforeAll(async () => {
  bench = await PeerBench.open()
})
afterAll(() => bench.close())

it('keeps how many answers an engine is asked for at once, with the account that has chosen it', async () => {
  const peer = await bench.start('ann')
  await peer.signUp()
  const slots = async (): Promise<number> => (await peer.state()).engines.ollama.slots
  expect(await slots()).toBe(1)
  valueOf(await peer.peer.call('settings.update', { engineSlots: { ollama: 3 } }))
  expect(await slots()).toBe(3)
  valueOf(await peer.peer.call('account.logOut', {}))
  expect(await slots()).toBe(1)
  await peer.unlock()
  expect(await slots()).toBe(3)
  expect(await peer.peer.call('settings.update', { engineSlots: { ollama: 0 } })).toMatchObject({ ok: false })
})
