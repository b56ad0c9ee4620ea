import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** Both looks a page is checked in: bright and roomy, dark and small. */
export const looks = [
  { theme: 'light', width: 1280, height: 800 },
  { theme: 'dark', width: 900, height: 600 },
] as const

export async function look(page: Page, { theme, width, height }: (typeof looks)[number]): Promise<void> {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
}

/** Fails with what axe complains of, and where. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.target.join(' ')) }))).toEqual([])
}

/** Fails when anything but a frame of its own scrolls sideways. */
export async function expectReflow(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  expect(tooWide).toBe(false)
  const main = await page.evaluate(() => {
    const scroller = document.querySelector('main > div')
    return scroller === null ? 0 : scroller.scrollWidth - scroller.clientWidth
  })
  expect(main).toBe(0)
}
