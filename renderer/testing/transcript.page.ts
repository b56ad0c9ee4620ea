import { expect, test, type Locator, type Page } from './page-test.ts'
import { openScene } from './open-scene.ts'

/** How far the end of the conversation is from what can be seen, in pixels. */
function distanceFromEnd(page: Page): Promise<number> {
  return page
    .getByRole('log')
    .evaluate((frame) => Math.round(frame.scrollHeight - frame.scrollTop - frame.clientHeight))
}

/** Opens a chat of many messages; the page has to be there. */
async function openLongChat(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.assign(window.harness?.script ?? {}, { text: 'A sentence of some length. '.repeat(200), everyMs: 10 })
    window.harness?.lengthen(40)
  })
  await page.getByRole('button', { name: 'How does a heat pump work?', exact: true }).click()
  await expect(page.getByRole('article')).toHaveCount(40)
  await expect.poll(() => distanceFromEnd(page)).toBeLessThanOrEqual(2)
}

async function ask(page: Page): Promise<void> {
  await page.getByLabel('Your question').fill('Once more?')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article')).toHaveCount(42)
}

/** Where on the screen a message is, once the wheel has run out. */
async function restingPlace(page: Page, message: Locator): Promise<number> {
  let [last, now] = [Number.NaN, 0]
  while (last !== now) {
    last = now
    await page.waitForTimeout(200)
    now = await message.evaluate((element) => Math.round(element.getBoundingClientRect().top))
  }
  return now
}

declare global {
  interface Window {
    /** How far the end was from what could be seen, frame by frame. */
    distances?: number[]
  }
}

/** Begins to look after each frame that is drawn. */
async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const distances: number[] = (window.distances = [])
    const drawn = new MessageChannel()
    drawn.port1.onmessage = () => {
      const frame = document.querySelector('[role=log]')
      if (frame !== null) distances.push(frame.scrollHeight - frame.scrollTop - frame.clientHeight)
    }
    const watch = (): void => {
      drawn.port2.postMessage(null)
      requestAnimationFrame(watch)
    }
    requestAnimationFrame(watch)
  })
}

/** The largest distance of the last second. */
async function worstDistance(page: Page): Promise<number> {
  await page.waitForTimeout(1_000)
  return page.evaluate(() => Math.round(Math.max(0, ...(window.distances?.splice(0) ?? []))))
}

test('a chat is at its end in the first frame, and stays there while an answer is written', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await watchFrames(page)
  await openLongChat(page)
  expect(await worstDistance(page)).toBeLessThanOrEqual(2)
  await ask(page)
  // Sentences may be drawn before the frame that follows them; without it, the end is thousands away.
  expect(await worstDistance(page)).toBeLessThanOrEqual(150)
  await expect.poll(() => distanceFromEnd(page)).toBeLessThanOrEqual(2)
  await expect(page.getByRole('button', { name: 'Jump to the newest' })).toHaveCount(0)
  isQuiet()
})

test('whoever reads further up is left there, and a button leads back', async ({ page }) => {
  await openScene(page, 'home')
  await openLongChat(page)
  await ask(page)
  await page.getByRole('log').hover()
  await page.mouse.wheel(0, -900)
  const jump = page.getByRole('button', { name: 'Jump to the newest' })
  await expect(jump).toBeVisible()
  // Not the scroll position: that moves when messages above get their true height, and nothing is seen of it.
  const message = page.getByRole('article').nth(39)
  const before = await restingPlace(page, message)
  await page.waitForTimeout(500)
  expect(Math.abs((await restingPlace(page, message)) - before)).toBeLessThanOrEqual(1)
  await jump.click()
  // There the next question is written; Escape there draws nothing round anything.
  await expect(page.getByLabel('Your question')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Your question')).toBeFocused()
  expect(await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)).toBe('none')
  await expect.poll(() => distanceFromEnd(page)).toBeLessThanOrEqual(2)
  await expect(jump).toHaveCount(0)
})

test('the keyboard lets go of the end as the wheel does', async ({ page }) => {
  await openScene(page, 'home')
  await openLongChat(page)
  await page.getByRole('log').focus()
  await page.keyboard.press('PageUp')
  await expect(page.getByRole('button', { name: 'Jump to the newest' })).toBeVisible()
  await page.keyboard.press('End')
  await expect(page.getByRole('button', { name: 'Jump to the newest' })).toHaveCount(0)
})

test('the end stays in view when the composer grows and when the window shrinks', async ({ page }) => {
  await openScene(page, 'home')
  await openLongChat(page)
  await page.getByLabel('Your question').fill('one\ntwo\nthree\nfour\nfive\nsix')
  await expect.poll(() => distanceFromEnd(page)).toBeLessThanOrEqual(2)
  await page.setViewportSize({ width: 1280, height: 640 })
  await expect.poll(() => distanceFromEnd(page)).toBeLessThanOrEqual(2)
})
