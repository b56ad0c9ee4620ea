import { tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import { expect, test } from './harness/fixtures.ts'
import { Headless } from './harness/headless.ts'

test('a server without a window serves a window, and another server, by commands alone', async ({
  launch,
  network,
  tinyModel,
}) => {
  const box = await Headless.make('box', network)
  const asker = await Headless.make('asker', network)
  try {
    await box.serve('gpu')
    await box.command('models', 'import', tinyModel.short)
    await box.command('pool', 'create', 'Family')
    await box.command('share', 'on')
    const link = await box.command('pool', 'invite', '--uses', '2')

    await asker.serve('bob')
    await asker.command('pool', 'join', link)
    const answer = await asker.command('chat', 'What do you say?', '--pool', 'Family', '--temperature', '0')
    expect(answer).toContain(tinySentence)
    expect(await asker.json('status')).toMatchObject({ type: 'status' })

    const window = await launch('ada')
    await window.signUp()
    await window.skipFirstRun()
    await window.joinPool(link)
    await window.open('Chat')
    await window.choosePool('Family')
    await window.chooseModel('Kith tiny')
    await window.ask('And to me?')
    await expect(window.transcript).toContainText(tinySentence)
    expect(await box.stop()).toBe(0)
  } finally {
    await asker.remove()
    await box.remove()
  }
})
