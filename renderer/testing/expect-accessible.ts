import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from './page-test.ts'
import { openScene } from './open-scene.ts'
import type { SceneName } from './scenes.ts'

/** Both looks a page is checked in: bright and roomy, dark and small. */
const looks = [
  { theme: 'light', width: 1280, height: 800 },
  { theme: 'dark', width: 900, height: 600 },
] as const

/** Something to be seen, and how to get there. */
export interface Screen {
  readonly name: string
  readonly scene: SceneName
  readonly query?: string
  readonly reach?: (page: Page) => Promise<void>
}

/** One test for each screen in each look: axe finds nothing, and the console is silent. */
export function testAccessible(screens: readonly Screen[]): void {
  for (const { theme, width, height } of looks) {
    for (const { name, scene, query, reach } of screens) {
      test(`${name}, ${theme}: axe finds nothing`, async ({ page }) => {
        await page.setViewportSize({ width, height })
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
        const isQuiet = await openScene(page, scene, query)
        await reach?.(page)
        await expectAccessible(page)
        isQuiet()
      })
    }
  }
}

/** Fails with what axe complains of, and where. */
async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
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
