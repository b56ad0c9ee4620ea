import { expect, test } from './page-test.ts'
import { asked as askedOf, goTo, openScene } from './open-scene.ts'
import { fakeLink } from './fake-peer/teach-pools.ts'

test('from a new account to a first answer, by keyboard alone', async ({ page }) => {
  const isQuiet = await openScene(page, 'fresh')
  await expect(page.getByLabel('User name')).toBeFocused()
  await page.keyboard.type('mira')
  await page.keyboard.press('Tab')
  await page.keyboard.type('lentils and spinach')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Recovery phrase' }).getByRole('listitem')).toHaveCount(12)
  await page.getByRole('button', { name: 'I have written it down' }).press('Enter')
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.evaluate(() => {
    const peer = window.harness?.peer
    if (peer === undefined) return
    const model = {
      name: 'Gemma',
      engine: 'embedded' as const,
      digest: '',
      sizeBytes: 1,
      contextTokens: 1,
      isLoaded: true,
    }
    peer.change('models', { ...peer.state.models, local: [model] })
  })
  await page.getByRole('button', { name: 'Continue' }).press('Enter')
  await page.getByRole('button', { name: 'Ask', exact: true }).press('Enter')
  await expect(page.getByRole('log')).toContainText('Paris is the capital of France.')
  await expect(page.getByRole('heading', { name: 'That is it' })).toBeFocused()
  await expect(page.getByText('Try this one')).toBeHidden()
  await page.getByRole('button', { name: 'Go on in the chat' }).press('Enter')
  await expect(page.getByRole('log', { name: 'Conversation' })).toContainText('Answered by this computer')
  isQuiet()
})

test('without a model the first question says what is missing, and leads to where there is one', async ({ page }) => {
  const isQuiet = await openScene(page, 'fresh')
  const steps = page.getByRole('navigation', { name: 'Steps' })
  await page.getByLabel('User name').fill('mira')
  await page.getByLabel('Password', { exact: true }).fill('lentils and spinach')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('list', { name: 'Recovery phrase' }).waitFor()
  const places = [await steps.boundingBox()]
  await page.getByRole('button', { name: 'I have written it down' }).click()
  await page.getByRole('heading', { name: 'Who do you want to share with?' }).waitFor()
  places.push(await steps.boundingBox())
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'Qwen 3 4B' })).toContainText('Suggested to begin with')
  await expect(page.getByRole('listitem').filter({ hasText: 'Gemma 3 270M' })).toContainText('Smallest, for trying out')
  places.push(await steps.boundingBox())
  await page.getByRole('button', { name: 'Continue without a model' }).click()
  await expect(page.getByText('What is missing is a model')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeHidden()
  places.push(await steps.boundingBox())
  // The steps stay where they are from one to the next.
  expect(new Set(places.map((box) => JSON.stringify(box))).size).toBe(1)
  await page.getByRole('button', { name: 'Choose a model' }).click()
  await expect(page.getByRole('heading', { name: 'Choose where answers come from' })).toBeFocused()
  isQuiet()
})

test('a model that Ollama has comes before any download, and is the one the first question goes to', async ({
  page,
}) => {
  const isQuiet = await openScene(page, 'fresh')
  await page.getByLabel('User name').fill('mira')
  await page.getByLabel('Password', { exact: true }).fill('lentils and spinach')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByRole('button', { name: 'I have written it down' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.evaluate(() => {
    const peer = window.harness?.peer
    if (peer === undefined) return
    const { models } = peer.state
    const local = ['smollm2:135m', 'qwen3:4b'].map((name) => ({
      name,
      engine: 'ollama' as const,
      digest: '',
      sizeBytes: 1,
      contextTokens: 1,
      isLoaded: false,
    }))
    peer.change('models', {
      local,
      catalogue: models.catalogue.map((entry) => ({ ...entry, isSuggested: false })),
      suggestions: [{ kind: 'present', name: 'qwen3:4b', engine: 'ollama' }, ...models.suggestions],
    })
  })
  await expect(page.getByText('Use qwen3:4b from Ollama')).toBeVisible()
  await expect(page.getByText('Suggested to begin with')).toBeHidden()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('button', { name: 'Model: qwen3:4b' })).toBeVisible()
  isQuiet()
})

test('the stop button lets go even when the peer never says that the answer ended', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await page.evaluate(() => {
    Object.assign(window.harness?.script ?? {}, { isHeld: true, ignoresStop: true })
  })
  await page.getByLabel('Your question').fill('Why?')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible()
  await expect(page.getByLabel('Your question')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
  await expect(page.getByRole('log')).toContainText('You stopped this answer.')
  isQuiet()
})

test('a question nobody can answer comes with a sentence and a way to ask again', async ({ page }) => {
  await openScene(page, 'home')
  await page.evaluate(() => {
    window.harness?.peer.on('chat.ask', () => ({
      ok: false,
      error: { code: 'no_model', message: 'No computer offers it now.', details: {} },
    }))
  })
  await page.getByLabel('Your question').fill('Why?')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('No computer offers it now.')
  await page.getByRole('button', { name: 'Ask again' }).click()
  const asked = await page.evaluate(() => window.harness?.peer.asked.filter((call) => call.name === 'chat.ask').length)
  expect(asked).toBe(2)
})

test('the first question to another person waits until the note is read, and comes back when it is not', async ({
  page,
}) => {
  const isQuiet = await openScene(page, 'home')
  await page.evaluate(() => {
    const peer = window.harness?.peer
    peer?.change('settings', { ...peer.state.settings, hasReadPrivacyNote: false, chatModel: 'llama3.3:70b' })
  })
  await page.getByLabel('Your question').fill('Why?')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toContainText('jonas')
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Your question')).toHaveValue('Why?')
  await page.getByLabel('Your question').press('Enter')
  await page.getByRole('button', { name: 'I understand, ask' }).click()
  await expect(page.getByRole('log')).toContainText('Answered by jonas (Studio PC)')
  isQuiet()
})

test('an invite link that is opened shows what it is before anybody joins', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await page.evaluate((link) => window.harness?.peer.emit('inviteLink', { link }), fakeLink)
  await expect(page.getByRole('dialog', { name: 'grace invites you to “Book club”' })).toContainText('Invited by')
  await page.getByRole('button', { name: 'Join this pool' }).click()
  await goTo(page, 'Pools')
  await expect(page.getByRole('navigation', { name: 'Your pools' })).toContainText('Book club')
  isQuiet()
})

test('an invite that was saved as a page is dropped on the window, and a page without one is told apart', async ({
  page,
}) => {
  const isQuiet = await openScene(page, 'home')
  const drop = (text: string): Promise<void> =>
    page.evaluate((content) => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([content], 'Invite to Book club.html', { type: 'text/html' }))
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }))
    }, text)
  await drop('<p>nothing</p>')
  await expect(page.getByText('There is no Kith invite in that file.').first()).toBeVisible()
  await drop(`<a class="join" href="${fakeLink}">Join with Kith</a>`)
  await expect(page.getByRole('dialog', { name: 'grace invites you to “Book club”' })).toBeVisible()
  isQuiet()
})

test('an owner hands a pool over or dissolves it, and is told before what that means for whom', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await goTo(page, 'Pools')
  const more = page.getByRole('button', { name: 'More for Garden Street', exact: true })
  await more.click()
  await page.getByRole('menuitem', { name: 'Hand over…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('jonas becomes the owner')
  // Neither guests nor whoever is not confirmed can take it over.
  await expect(dialog.getByRole('option')).toHaveText(['jonas'])
  await dialog.getByLabel('Your account’s password').fill('a password')
  await dialog.getByRole('button', { name: 'Hand the pool over' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await askedOf(page, 'pool.handOver')).toMatchObject([{ password: 'a password' }])
  await more.click()
  await expect(page.getByRole('menuitem', { name: 'Leave the pool…' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Dissolve…' })).toHaveCount(0)
  isQuiet()
})

test('a pool that is dissolved says who did it, and can be taken off the list', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await goTo(page, 'Pools')
  const more = page.getByRole('button', { name: 'More for Garden Street', exact: true })
  await more.click()
  await page.getByRole('menuitem', { name: 'Dissolve…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('It ends for you and 3 other people, for good')
  await dialog.getByLabel('Your account’s password').fill('a password')
  await dialog.getByRole('button', { name: 'Dissolve this pool' }).click()
  await expect(page.getByRole('main')).toContainText('ada has dissolved the pool "Garden Street"')
  await expect(page.getByRole('button', { name: 'Invite somebody' })).toHaveCount(0)
  await more.click()
  await page.getByRole('menuitem', { name: 'Take off the list…' }).click()
  await expect(page.getByRole('dialog')).toContainText('Its usage and receipts are no longer shown here')
  isQuiet()
})

test('nothing of an account stays in the window after logging out', async ({ page }) => {
  await openScene(page, 'home')
  await page.getByRole('button', { name: 'How does a heat pump work?', exact: true }).click()
  await expect(page.getByRole('log')).toContainText('fridge turned around')
  await page.getByRole('button', { name: 'mira: your account' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  await expect(page.getByText('fridge turned around')).toHaveCount(0)
})

test('four hundred messages stay quick while an answer streams', async ({ page }) => {
  await openScene(page, 'home')
  await page.evaluate(() => {
    Object.assign(window.harness?.script ?? {}, { text: 'A sentence of some length. '.repeat(150), everyMs: 4 })
    window.harness?.lengthen(400)
  })
  await page.getByRole('button', { name: 'How does a heat pump work?', exact: true }).click()
  await expect(page.getByRole('article')).toHaveCount(400, { timeout: 20_000 })
  await page.getByLabel('Your question').fill('Once more?')
  await page.keyboard.press('Enter')
  const slowest = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const endMs = performance.now() + 1_500
        let lastMs = performance.now()
        let slowestMs = 0
        const frame = (nowMs: number): void => {
          slowestMs = Math.max(slowestMs, nowMs - lastMs)
          lastMs = nowMs
          if (nowMs < endMs) requestAnimationFrame(frame)
          else resolve(slowestMs)
        }
        requestAnimationFrame(frame)
      }),
  )
  // Shared cores and no graphics card: the bound is for a freeze, not for a rate.
  expect(slowest).toBeLessThan(500)
})
