import { expect, test, type Locator, type Page } from './page-test.ts'
import { goTo, openScene } from './open-scene.ts'

async function box(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const found = await element.boundingBox()
  if (found === null) throw new Error('It is not on screen.')
  return found
}

async function openLongChat(page: Page, count: number): Promise<void> {
  await page.evaluate((messageCount) => window.harness?.lengthen(messageCount), count)
  await page.getByRole('button', { name: 'How does a heat pump work?', exact: true }).click()
}

/** The longest time between two frames while something goes on, in milliseconds. */
async function longestFrame(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const frames: number[] = (window.frames_ = [])
    let lastMs = performance.now()
    const frame = (nowMs: number): void => {
      frames.push(nowMs - lastMs)
      lastMs = nowMs
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  await act()
  return page.evaluate(() => Math.round(Math.max(...(window.frames_ ?? []))))
}

declare global {
  interface Window {
    /** Time between frames. */
    frames_?: number[]
  }
}

test('what is said stands under its title and above the composer, in one line', async ({ page }) => {
  for (const width of [900, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 })
    await openScene(page, 'home')
    await openLongChat(page, 40)
    const title = await box(page.getByRole('heading', { level: 1 }))
    const answer = await box(page.getByRole('article').last())
    const composer = await box(page.getByRole('main').locator('form'))
    expect(Math.abs(answer.x - title.x)).toBeLessThanOrEqual(1)
    expect(Math.abs(answer.x + answer.width - composer.x - composer.width)).toBeLessThanOrEqual(1)
  }
})

test('a wide window is used', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await openScene(page, 'home')
  for (const place of ['Pools', 'Models', 'Keys'] as const) {
    await goTo(page, place)
    expect((await box(page.getByRole('main').locator('section').first())).width).toBeGreaterThan(1_000)
  }
})

test('the steps stay in their places from the phrase to the question, and what leads on is near', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await openScene(page, 'fresh')
  await page.getByLabel('User name').fill('mira')
  await page.getByLabel('Password', { exact: true }).fill('lentils and spinach')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Recovery phrase' })).toBeVisible()
  const steps = page.getByRole('navigation').getByRole('listitem')
  const places = () =>
    steps.evaluateAll((items) => items.map((item) => Math.round(item.getBoundingClientRect().x * 10)))
  const tops = () => steps.evaluateAll((items) => items.map((item) => Math.round(item.getBoundingClientRect().y)))
  const [atFirst, topsAtFirst] = [await places(), await tops()]
  await page.getByRole('button', { name: 'I have written it down' }).click()
  for (const [step, leadsOn] of [
    ['People', 'Continue'],
    ['Model', 'Continue without a model'],
    ['First answer', null],
  ] as const) {
    await expect(steps.filter({ hasText: step })).toHaveAttribute('aria-current', 'step')
    expect(await places()).toEqual(atFirst)
    expect(await tops()).toEqual(topsAtFirst)
    if (leadsOn === null) break
    const next = page.getByRole('button', { name: leadsOn, exact: true })
    expect((await box(next)).y).toBeLessThan(800)
    await next.click()
  }
})

test('a chat of a thousand messages opens at once, and all of it can be read', async ({ page }) => {
  test.slow()
  await openScene(page, 'home')
  const longestMs = await longestFrame(page, async () => {
    await openLongChat(page, 1_000)
    await expect(page.getByRole('article').last()).toBeInViewport()
  })
  // Shared cores and React's development build: the bound is for a freeze, not for a rate.
  expect(longestMs).toBeLessThan(500)
  await expect(page.getByRole('article')).toHaveCount(1_000, { timeout: 60_000 })
  await expect(page.getByRole('article').last()).toBeInViewport()
})
