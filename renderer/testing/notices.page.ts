import { expect, test, type Page } from './page-test.ts'
import { goTo, openScene } from './open-scene.ts'

const notice = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text })

/** Has the peer say that something went wrong. */
async function sayProblem(page: Page): Promise<void> {
  await page.evaluate(() => {
    const error = { code: 'storage_failed', message: 'Kith could not read its files.', details: {} } as const
    window.harness?.peer.emit('notice', { error })
  })
  await expect(notice(page, 'Kith could not read its files.')).toBeVisible()
}

async function expectNone(page: Page): Promise<void> {
  await expect(page.getByText('Kith could not read its files.')).toHaveCount(0)
}

test('a notice goes with its page, its chat and its account', async ({ page }) => {
  await openScene(page, 'home')
  for (const place of ['Models', 'Keys', 'Pools'] as const) {
    await sayProblem(page)
    await goTo(page, place)
    await expectNone(page)
  }
  for (const chat of ['Lentils and spinach', 'How does a heat pump work?', 'New chat']) {
    await sayProblem(page)
    await page.getByRole('button', { name: chat, exact: true }).click()
    await expectNone(page)
  }
  await page.getByRole('button', { name: 'mira: your account' }).click()
  await sayProblem(page)
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await expectNone(page)
})

test('a notice covers nothing, wherever it comes', async ({ page }) => {
  for (const scene of ['home', 'fresh', 'signedOut'] as const) {
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 700 })
      await openScene(page, scene)
      await sayProblem(page)
      const top = (await notice(page, 'Kith could not read its files.').boundingBox())?.y ?? 0
      const main = await page.getByRole('main').boundingBox()
      expect((main?.y ?? 0) + (main?.height ?? 0)).toBeLessThanOrEqual(top)
    }
  }
})

test('a notice is reached and sent away by keyboard, which then is where it was', async ({ page }) => {
  await openScene(page, 'home')
  await goTo(page, 'Pools')
  const join = page.getByRole('button', { name: 'Join with an invite' })
  await join.focus()
  await sayProblem(page)
  await expect(join).toBeFocused()
  await page.keyboard.press('F8')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Dismiss' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expectNone(page)
  await expect(join).toBeFocused()
})

test('a problem stays until it is sent away', async ({ page }) => {
  await page.clock.install()
  await openScene(page, 'home')
  await sayProblem(page)
  await page.clock.runFor(120_000)
  await expect(notice(page, 'Kith could not read its files.')).toBeVisible()
})
