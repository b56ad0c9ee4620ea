import { AxeBuilder } from '@axe-core/playwright'
import { tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import type { Page } from '@playwright/test'
import { expect, test } from './harness/fixtures.ts'
import type { Install } from './harness/install.ts'
import { Program } from './harness/program.ts'

const sizes = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
]
const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Waits until colours and places have stopped moving: a picture in between shows neither theme. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
    await frame()
    await frame()
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
    await frame()
  })
}

/** Looks at what the window shows now, light and dark, at both sizes; keeps a picture of each. */
async function look(install: Install, name: string): Promise<void> {
  const { page } = install
  for (const size of sizes) {
    await page.setViewportSize(size)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await settled(page)
      await page.screenshot({ path: test.info().outputPath(`${name}-${size.width}-${colorScheme}.png`) })
      const { violations } = await new AxeBuilder({ page }).withTags(standard).setLegacyMode().analyze()
      const found = violations.map(
        ({ id, impact, nodes }) => `${impact}: ${id} at ${nodes.map(({ target }) => target).join(', ')}`,
      )
      expect(found, `${name}, ${size.width} wide, ${colorScheme}`).toEqual([])
    }
  }
}

test('axe finds nothing wrong on any screen', async ({ launch, tinyModel }) => {
  test.setTimeout(480_000)
  const a = await launch('ada')
  const { page } = a
  await expect(page.getByRole('button', { name: 'Create account' })).toBeVisible()
  await look(a, 'sign-up')
  await page.getByRole('button', { name: 'Use a recovery phrase' }).click()
  await look(a, 'restore')
  await page.getByRole('button', { name: /Sign up/ }).click()
  await a.signUp()
  await look(a, 'first-run-pool')
  await page.getByRole('button', { name: 'Continue' }).click()
  await look(a, 'first-run-model')
  await page.getByRole('button', { name: 'Continue' }).click()
  await look(a, 'first-run-question')
  await a.skipFirstRun()
  await look(a, 'chat-empty')
  await a.importModel(tinyModel.short)
  await look(a, 'models')
  await a.startPool('Friends')
  await look(a, 'pools')
  await a.share(true)
  await look(a, 'share')
  await a.open('Settings')
  await expect(page.getByRole('heading', { name: 'Appearance' })).toBeVisible()
  await look(a, 'settings')
  await a.open('Chat')
  await a.chooseModel('Kith tiny')
  await a.ask('What do you say?')
  await expect(a.transcript).toContainText(tinySentence)
  await look(a, 'chat')
  await a.open('Keys')
  await expect(page.getByRole('heading', { name: 'Your keys' })).toBeVisible()
  await look(a, 'keys-none')
  await page.getByRole('button', { name: 'New key' }).click()
  await look(a, 'key-form')
  await page.keyboard.press('Escape')
  const plainKey = await a.createKey({ name: 'Editor', pool: 'Friends', requestsPerMinute: 3 })
  await new Program(await a.apiUrl(), plainKey).ask('What do you say?', 'Kith tiny')
  await expect(page.getByText(/^[01] of 3 questions this minute/)).toBeVisible()
  await expect(page.getByText('used just now')).toBeVisible()
  await look(a, 'keys')
  await a.open('Usage')
  await expect(page.getByRole('list', { name: 'Newest receipts' })).toBeVisible()
  await expect(page.locator('.recharts-bar-rectangle path').first()).toBeVisible()
  await look(a, 'usage')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText(/in order/)).toBeVisible()
  await a.open('Account')
  await expect(page.getByRole('list', { name: 'Your computers' })).toBeVisible()
  await look(a, 'account')
  await a.close()
  const again = await launch('ada', { directory: a.directory })
  await expect(again.page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await look(again, 'sign-in')
})
