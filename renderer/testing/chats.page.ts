import { expect, test, type Page } from './page-test.ts'
import { asked, goTo, openScene } from './open-scene.ts'

/** Long enough that the chat's name, which the list shows, ends before the word that tells it from others. */
const preamble = 'This question is so long that its chat is named by its beginning alone.'

/** One chat of the list: its name, and the word that only it says. */
interface Listed {
  readonly name: string
  readonly word: string
}

const tenChats: readonly Listed[] = Array.from({ length: 10 }, (_, place) => ({
  name: `Chat number ${place}`,
  word: `only-${place}`,
}))

/** The same order in each run. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const order = [...items]
  let state = seed
  for (let place = order.length - 1; place > 0; place -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    const other = state % (place + 1)
    const [first, second] = [order[place], order[other]]
    if (first !== undefined && second !== undefined) [order[place], order[other]] = [second, first]
  }
  return order
}

/** The words of chats that are anywhere in the page, also where only a screen reader finds them. */
async function wordsInPage(page: Page): Promise<string[]> {
  const text = (await page.locator('body').textContent()) ?? ''
  return [...new Set(text.match(/only-(?:[a-z]+|\d+)/g))]
}

/** What a person sees: this conversation and no other; for null, an empty chat. */
async function expectOnly(page: Page, word: string | null): Promise<void> {
  const main = page.getByRole('main')
  if (word === null) await expect(main.getByText('What would you like to know?')).toBeVisible()
  else await expect(main.getByRole('article').filter({ hasText: word }).first()).toBeVisible()
  await expect(page.getByRole('log')).toHaveCount(word === null ? 0 : 1)
  await expect(page.getByRole('textbox', { name: 'Your question' })).toHaveCount(1)
  expect(await wordsInPage(page)).toEqual(word === null ? [] : [word])
}

function entry(page: Page, name: string) {
  return page.getByRole('navigation', { name: 'Chats' }).getByTitle(name, { exact: true })
}

async function open(page: Page, { name, word }: Listed): Promise<void> {
  await entry(page, name).click()
  await expectOnly(page, word)
}

async function startChat(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click()
  await expectOnly(page, null)
}

/** Begins a chat; the answer repeats its word. */
async function askNew(page: Page, name: string, everyMs: number): Promise<Listed> {
  await startChat(page)
  const word = `only-${name}`
  await page.evaluate(([text, pauseMs]) => Object.assign(window.harness?.script ?? {}, { text, everyMs: pauseMs }), [
    `The answer is ${word}. `.repeat(400),
    everyMs,
  ] as const)
  await page.getByLabel('Your question').fill(`${name} ${preamble} ${word}`)
  await page.keyboard.press('Enter')
  await expectOnly(page, word)
  return { name: `${name} ${preamble} ${word}`.slice(0, 60), word }
}

async function remove(page: Page, { name }: Listed): Promise<void> {
  await page.getByRole('button', { name: `More for ${name}`, exact: true }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove chat' }).click()
  await expect(entry(page, name)).toHaveCount(0)
}

/** Asks, and holds what the peer says to it until `letGo`. */
async function holdNextQuestion(page: Page): Promise<(fails?: 'fails') => Promise<void>> {
  await page.evaluate(() => {
    const peer = window.harness?.peer
    const answers = peer?.handler('chat.ask')
    peer?.on('chat.ask', async (input) => {
      const fails = await new Promise((resolve) => {
        document.addEventListener('let-go', (event) => resolve((event as CustomEvent<boolean>).detail), { once: true })
      })
      if (answers !== undefined) peer.on('chat.ask', answers)
      if (fails === true || answers === undefined) {
        return { ok: false, error: { code: 'no_model', message: 'No computer offers it now.', details: {} } }
      }
      return answers(input)
    })
  })
  return (fails) =>
    page.evaluate((detail) => {
      document.dispatchEvent(new CustomEvent('let-go', { detail }))
    }, fails === 'fails')
}

test('whatever the order, one conversation is on screen: the chosen one', async ({ page }) => {
  test.slow()
  await openScene(page, 'tenChats')
  for (const chat of tenChats) await open(page, chat)
  for (const chat of tenChats.toReversed()) await open(page, chat)
  // From here on one answer is being written all the time.
  const streaming = await askNew(page, 'streaming', 60)
  for (const chat of shuffled(tenChats, 7)) {
    await open(page, chat)
    await startChat(page)
    await goTo(page, 'Models')
    expect(await wordsInPage(page)).toEqual([])
  }
  const second = await askNew(page, 'second', 1)
  await open(page, streaming)
  const chats = shuffled([...tenChats, streaming, second], 11)
  for (const chat of chats) await open(page, chat)
  for (const [place, chat] of chats.entries()) {
    const kept = chats[place + 1]
    if (chat === streaming) continue
    // By turns the chat on screen is removed, and one that is not.
    if (place % 2 === 0 || kept === undefined) {
      await open(page, chat)
      await remove(page, chat)
      await expectOnly(page, null)
    } else {
      await open(page, kept)
      await remove(page, chat)
      await expectOnly(page, kept.word)
    }
  }
  await open(page, streaming)
})

test('a chat that was removed elsewhere leaves the screen', async ({ page }) => {
  await openScene(page, 'tenChats')
  await open(page, { name: 'Chat number 3', word: 'only-3' })
  await page.evaluate(() => {
    const peer = window.harness?.peer
    peer?.change(
      'chats',
      peer.state.chats.filter(({ title }) => title !== 'Chat number 3'),
    )
  })
  await expectOnly(page, null)
})

test('what is typed stays with its chat', async ({ page }) => {
  await openScene(page, 'tenChats')
  const field = page.getByLabel('Your question')
  for (const { name } of tenChats) {
    await entry(page, name).click()
    await expect(field).toHaveValue('')
    await field.fill(`For ${name}`)
  }
  await startChat(page)
  await expect(field).toHaveValue('')
  for (const { name } of shuffled(tenChats, 3)) {
    await entry(page, name).click()
    await expect(field).toHaveValue(`For ${name}`)
  }
})

test('what is typed while a new chat is being taken stays in that chat', async ({ page }) => {
  await openScene(page, 'tenChats')
  const letGo = await holdNextQuestion(page)
  await page.getByLabel('Your question').fill(`${preamble} only-new`)
  await page.keyboard.press('Enter')
  await page.keyboard.type('And then?')
  await letGo()
  await expect(page.getByRole('article').filter({ hasText: 'Paris' })).toBeVisible()
  await expect(page.getByLabel('Your question')).toHaveValue('And then?')
  await startChat(page)
  await expect(page.getByLabel('Your question')).toHaveValue('')
})

test('a question that waits in one chat holds up no other, and is not replaced by it', async ({ page }) => {
  await openScene(page, 'tenChats')
  await entry(page, 'Chat number 1').click()
  const letGo = await holdNextQuestion(page)
  await page.getByLabel('Your question').fill('A first question')
  await page.keyboard.press('Enter')
  await expect(page.getByText('A first question')).toBeVisible()
  await entry(page, 'Chat number 2').click()
  await expect(page.getByText('A first question')).toHaveCount(0)
  await letGo('fails')
  await page.getByLabel('Your question').fill('A second question')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article').filter({ hasText: 'Paris' })).toBeVisible()
  expect(await asked(page, 'chat.ask')).toHaveLength(2)
  await entry(page, 'Chat number 1').click()
  await expect(page.getByText('A first question')).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('No computer offers it now.')
})

test('a question of a new chat that is not taken comes back, also where another chat was begun', async ({ page }) => {
  await openScene(page, 'tenChats')
  const letGo = await holdNextQuestion(page)
  await page.getByLabel('Your question').fill('A first question')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log')).toContainText('A first question')
  await startChat(page)
  await letGo('fails')
  await expect(page.getByLabel('Your question')).toHaveValue('A first question')
  await expect(page.getByText('No computer offers it now.').first()).toBeVisible()
})
