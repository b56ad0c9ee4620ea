import { z } from 'zod'
import type { Result } from '../../node/contract/result.ts'
import type { Message } from '../../node/contract/state.ts'
import { whenIdle } from '../../node/engines/testing/process-group.ts'
import {
  ensureRealOllama,
  serveOllama,
  type RealOllama,
  type RunningOllama,
} from '../../resources/scripts/real/real-ollama.mjs'
import { printFigures } from '../harness/figures.ts'
import { expect, test as base } from '../harness/fixtures.ts'
import type { Install } from '../harness/install.ts'
import { pairWith, type Pair } from '../harness/pair.ts'

const question = 'What is the capital of France?'
const story = 'Tell me a very long story about the sea and the sun.'

interface Served {
  readonly real: RealOllama
  readonly model: string
  readonly endlessModel: string
  /** The server that runs now, or ran last. */
  server: RunningOllama
}

const test = base.extend<{ ollama: Served; pair: Pair }>({
  ollama: async ({}, use) => {
    const real = await ensureRealOllama()
    const ollama = {
      real,
      model: `${real.modelName}:latest`,
      endlessModel: `${real.endlessModelName}:latest`,
      server: await serveOllama(real),
    }
    await use(ollama)
    await ollama.server.stop()
  },
  /** A has the Ollama; B has no model of its own. */
  pair: async ({ launch, ollama }, use) => {
    await use(await pairWith(launch, { model: ollama.model, options: { ollamaUrl: ollama.server.url } }))
  },
})

/** What Ollama itself says, with no Kith in between. */
async function askOllama({ server, model }: Served, text: string): Promise<string> {
  const response = await fetch(`${server.url}/api/chat`, {
    method: 'POST',
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: text }],
      stream: false,
      options: { temperature: 0 },
    }),
  })
  return z.object({ message: z.object({ content: z.string() }) }).parse(await response.json()).message.content
}

/** Waits until the newest answer has begun: the line that says what happens before is gone. */
async function untilWriting(install: Install): Promise<void> {
  const answer = install.transcript.getByRole('article').last()
  await expect(answer).toContainText('is answering')
  await expect(answer.getByRole('status')).toHaveCount(0)
}

test('a question typed in one window is answered by the Ollama of the other machine', async ({ pair, ollama }) => {
  const { a, b } = pair
  await a.call('settings.update', { deviceName: 'Ada’s workshop' })
  await expect.poll(async () => (await b.state()).machines.map(({ name }) => name)).toContain('Ada’s workshop')

  await b.ask(question)
  const answer = b.transcript.getByRole('article').last()
  await expect(answer).toContainText('Paris')
  await expect(answer).toContainText('(Ada’s workshop)')
  await b.page.screenshot({ path: test.info().outputPath('asked.png') })
  await a.page.screenshot({ path: test.info().outputPath('answering.png') })

  const { pools, settings } = await b.state()
  const poolId = pools.find(({ poolId: id }) => id === settings.chatPoolId)?.poolId
  const asked = (await b.call('chat.ask', {
    chatId: null,
    text: question,
    model: ollama.model,
    poolId,
    temperature: 0,
  })) as Result<{ answer: Message }>
  expect(asked).toMatchObject({ ok: true })
  await expect.poll(async () => (await b.state()).chats.some(({ isAnswering }) => isAnswering)).toBe(false)
  expect(await b.lastAnswer()).toBe(await askOllama(ollama, question))
})

test('Stop frees Ollama in under a second', async ({ pair, ollama }) => {
  const { a, b } = pair
  await b.chooseModel(ollama.endlessModel)
  await b.ask(story)
  const answer = b.transcript.getByRole('article').last()
  await untilWriting(b)
  await expect.poll(() => a.activeAnswers()).toBe(1)

  const stoppedAtMs = performance.now()
  await b.page.getByRole('button', { name: 'Stop' }).click()
  await expect.poll(() => a.activeAnswers(), { intervals: [20] }).toBe(0)
  await whenIdle(ollama.server.processGroup)
  const freeAfterMs = Math.round(performance.now() - stoppedAtMs)
  printFigures({ ollama_free_after_stop_ms: freeAfterMs })
  expect(freeAfterMs).toBeLessThan(1_000)
  await expect(answer).toContainText('You stopped this answer.')
})

test('an Ollama killed in the middle of an answer is named, and noticed when it is back', async ({ pair, ollama }) => {
  const { a, b } = pair
  await b.chooseModel(ollama.endlessModel)
  await b.ask(story)
  const answer = b.transcript.getByRole('article').last()
  await untilWriting(b)
  await ollama.server.stop('SIGKILL')
  await expect(answer).toContainText('Ollama stopped in the middle of the answer. Start it again and ask again.')
  await b.page.screenshot({ path: test.info().outputPath('stopped.png') })
  await expect.poll(async () => (await a.state()).engines.ollama.state).toBe('not_found')

  const startedAtMs = performance.now()
  ollama.server = await serveOllama({ ...ollama.real, port: Number(new URL(ollama.server.url).port) })
  const offered = async () =>
    (await b.state()).machines.some(({ isSelf, models }) => !isSelf && models.some(({ name }) => name === ollama.model))
  await expect.poll(offered).toBe(true)
  printFigures({ ollama_offered_again_after_ms: Math.round(performance.now() - startedAtMs) })
  await b.chooseModel(ollama.model)
  await b.ask(question)
  await expect(b.transcript.getByRole('article').last()).toContainText('Paris')
})
