import { tinyEndlessSentence, tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import { expect, test } from './harness/fixtures.ts'
import { joinedPair } from './harness/pair.ts'
import { answerDirectly } from './harness/direct-answer.ts'

test.describe('two installs of one pool', () => {
  test('a question typed in one window is answered by the model of the other, word for word', async ({
    launch,
    tinyModel,
  }) => {
    const { b } = await joinedPair(launch, tinyModel.short)
    await b.ask('What do you say?')
    const answer = b.transcript.getByRole('article').last()
    await expect(answer).toContainText(tinySentence)
    await expect(answer).toContainText('Answered by')
    await expect(b.page.getByRole('button', { name: 'Stop' })).toBeHidden()
    const direct = await answerDirectly(tinyModel.short, 'What do you say?')
    expect((await b.lastAnswer()).trim()).toBe(direct.trim())
  })

  test('Stop ends the answer and frees the engine of the other machine within a second', async ({
    launch,
    tinyModel,
  }) => {
    const { a, b } = await joinedPair(launch, tinyModel.endless)
    await b.ask('Count for me.')
    await expect(b.transcript).toContainText(tinyEndlessSentence.split(' ').slice(0, 3).join(' '))
    await expect.poll(() => a.activeAnswers()).toBe(1)
    await b.page.getByRole('button', { name: 'Stop' }).click()
    const stoppedMs = Date.now()
    await expect.poll(() => a.activeAnswers(), { intervals: [20] }).toBe(0)
    expect(Date.now() - stoppedMs).toBeLessThan(1_000)
    await expect(b.transcript).toContainText('You stopped this answer.')
  })

  test('sharing switched off on one gives the other a clear sentence', async ({ launch, tinyModel }) => {
    const { a, b } = await joinedPair(launch, tinyModel.endless)
    await b.ask('Count for me.')
    await expect.poll(() => a.activeAnswers()).toBe(1)
    await a.share(false)
    await expect(b.transcript).toContainText('Sharing is switched off on')
    await expect.poll(() => a.activeAnswers()).toBe(0)
  })

  test('a machine that is switched off mid-answer is named in a clear sentence within three seconds', async ({
    launch,
    tinyModel,
  }) => {
    const { a, b } = await joinedPair(launch, tinyModel.endless)
    await b.ask('Count for me.')
    await expect.poll(() => a.activeAnswers()).toBe(1)
    const killedMs = Date.now()
    a.kill()
    // Looked at often: it is measured.
    await expect
      .poll(() => b.transcript.innerText(), { intervals: [50] })
      .toContain('was lost before the answer was complete')
    expect(Date.now() - killedMs).toBeLessThan(3_000)
  })

  test('both find account, pool and chats again after a restart', async ({ launch, tinyModel }) => {
    const { a, b } = await joinedPair(launch, tinyModel.short)
    await b.ask('Remember this one.')
    await expect(b.transcript).toContainText(tinySentence)
    await a.close()
    await b.close()
    const again = {
      a: await launch('ada', { directory: a.directory }),
      b: await launch('bob', { directory: b.directory }),
    }
    await again.a.signIn()
    await again.b.signIn()
    await again.b.page.getByRole('navigation', { name: 'Chats' }).getByText('Remember this one.').click()
    await expect(again.b.transcript).toContainText(tinySentence)
    await again.b.open('Chat')
    await again.b.untilShared('Friends')
    await again.b.ask('And once more?')
    await expect(again.b.transcript.getByRole('article').last()).toContainText(tinySentence)
    await expect(again.b.transcript.getByRole('article').last()).toContainText('Answered by')
  })
})
