import { afterEach, beforeEach, expect, it } from 'vitest'
import { ClientWorker } from './client-worker.ts'
import { accepted, ClientBench, question, silentLog, text } from './testing/client-bench.ts'

let bench: ClientBench
beforeEach(async () => {
  bench = await ClientBench.open()
})
afterEach(() => bench.close())

it('reads the chats when it starts, and ends what is being answered before it has stopped', async () => {
  const first = new ClientWorker(silentLog, bench.unstarted())
  await first.start()
  expect(Object.keys(first.health())).toEqual(['client', 'chats'])
  await first.chats.ask(question('Count.'))
  bench.gateway.say(accepted, text('one '))
  await expect.poll(() => bench.heard).toBe('one ')
  expect(await first.stop()).toEqual({ unclosed: [] })
  expect(bench.events.at(-1)).toMatchObject({ type: 'end', message: { answer: { state: 'stopped' } } })

  const second = new ClientWorker(silentLog, bench.unstarted())
  expect(second.chats.summaries()).toEqual([])
  await second.start()
  expect(second.chats.summaries()).toMatchObject([{ title: 'Count.', isAnswering: false }])
  await second.stop()
})
