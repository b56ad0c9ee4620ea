import { asked, openScene } from './open-scene.ts'
import { expect, test, type Page } from './page-test.ts'

const field = (page: Page) => page.getByLabel('Your question')
const send = (page: Page) => page.getByRole('button', { name: 'Send' })

/** Pastes as a person does: the text is inserted at once, as input. */
async function paste(page: Page, length: number): Promise<void> {
  await field(page).focus()
  await page.keyboard.insertText('0123456789'.repeat(length / 10))
}

/** The letters in the composer, counted in the page: they are too many to be sent here and back. */
function lengthOf(page: Page): Promise<number> {
  return field(page).evaluate((element) => (element as HTMLTextAreaElement).value.length)
}

test('a paste of 300,000 characters stays whole, and the composer says by how much it is too long', async ({
  page,
}) => {
  await openScene(page, 'home')
  await paste(page, 300_000)
  const reason = page.getByText(
    'Too long by 100,000 characters: this is 300,000 characters, and a question holds 200,000.',
  )
  await expect(reason).toBeVisible()
  await expect(field(page)).toHaveAccessibleDescription(/Too long by 100,000 characters/)
  await expect(send(page)).toBeDisabled()
  await page.keyboard.press('Enter')
  await expect(reason).toBeVisible()
  expect(await lengthOf(page)).toBe(300_000)
  expect(await asked(page, 'chat.ask')).toEqual([])
  // It is the chat's, as every draft is.
  await page.getByRole('button', { name: 'Lentils and spinach', exact: true }).click()
  await expect(reason).toHaveCount(0)
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(reason).toBeVisible()
  expect(await lengthOf(page)).toBe(300_000)
  await field(page).fill('Short after all?')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log')).toContainText('Paris is the capital of France.')
})

test('the last character that fits is sent, and one more is not', async ({ page }) => {
  await openScene(page, 'home')
  await paste(page, 200_000)
  await expect(send(page)).toBeEnabled()
  await page.keyboard.type('!')
  await expect(page.getByText('Too long by 1 character:')).toBeVisible()
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log')).toContainText('Paris is the capital of France.')
  const [question] = (await asked(page, 'chat.ask')) as { text: string }[]
  expect(question?.text).toHaveLength(200_000)
})

test('Enter while an answer is written says so and keeps what was typed', async ({ page }) => {
  await openScene(page, 'home')
  await page.evaluate(() => Object.assign(window.harness?.script ?? {}, { isHeld: true }))
  await field(page).fill('Why?')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible()
  await page.keyboard.type('And how?')
  const reason = page.getByText('An answer is being written. What you typed stays here')
  await expect(reason).toHaveCount(0)
  await page.keyboard.press('Enter')
  await expect(reason).toBeVisible()
  await expect(field(page)).toHaveValue('And how?')
  await expect(field(page)).toBeFocused()
  expect(await asked(page, 'chat.ask')).toHaveLength(1)
  await page.evaluate(() => Object.assign(window.harness?.script ?? {}, { isHeld: false }))
  await expect(reason).toHaveCount(0)
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await asked(page, 'chat.ask')).length).toBe(2)
})

test('Enter without a model says what is missing', async ({ page }) => {
  await openScene(page, 'empty')
  await field(page).fill('Why?')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Choose a model first.')).toBeVisible()
  await expect(field(page)).toHaveValue('Why?')
})

test('a chat shows the model it is answered with, whatever is chosen elsewhere', async ({ page }) => {
  await openScene(page, 'home')
  const shown = (name: string) => page.getByRole('button', { name: `Model: ${name}` })
  const choose = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: /^Model:/ }).click()
    await page.getByRole('menuitemradio', { name }).click()
    await expect(shown(name)).toBeVisible()
  }
  const open = (name: string) => page.getByTitle(name, { exact: true }).click()
  await page.evaluate(() => Object.assign(window.harness?.script ?? {}, { isHeld: true }))
  await choose('mistral-small:24b')
  await field(page).fill('A question to mistral')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(shown('mistral-small:24b')).toBeVisible()
  await choose('qwen3:8b')
  await open('A question to mistral')
  await expect(shown('mistral-small:24b')).toBeVisible()
  // This one was last answered by another model, before the window was opened.
  await open('Lentils and spinach')
  await expect(shown('llama3.3:70b')).toBeVisible()
  await choose('Gemma 3 270M')
  await open('A question to mistral')
  await expect(shown('mistral-small:24b')).toBeVisible()
  await open('Lentils and spinach')
  await expect(shown('Gemma 3 270M')).toBeVisible()
})

test('at 400 pixels the button that sends keeps its place beside the choices', async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 700 })
  await openScene(page, 'home')
  const button = await send(page).boundingBox()
  for (const name of [/^Pool:/, /^Model:/]) {
    const picker = await page.getByRole('button', { name }).boundingBox()
    expect(
      Math.abs((picker?.y ?? 0) + (picker?.height ?? 0) / 2 - (button?.y ?? 0) - (button?.height ?? 0) / 2),
    ).toBeLessThan(3)
  }
  expect(button?.height).toBeLessThan(40)
})
