import { expect, pageAddress, type Page } from './page-test.ts'
import type { SceneName } from './scenes.ts'

/** Opens the page in a scene. Whatever the console complains of, the content policy included, fails the test. */
export async function openScene(page: Page, scene: SceneName, query = ''): Promise<() => void> {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${pageAddress}/testing/index.html?scene=${scene}${query}`)
  await page.getByRole('main').waitFor()
  return () => {
    expect(complaints).toEqual([])
  }
}

/** Goes to one of the places of the side bar. */
export async function goTo(
  page: Page,
  place: 'Share' | 'Keys' | 'Usage' | 'Pools' | 'Models' | 'Settings',
): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: place }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}

/** What the peer was called with, by the name of the call. */
export function asked(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate(
    (called) => (window.harness?.peer.asked ?? []).filter((call) => call.name === called).map(({ input }) => input),
    name,
  )
}
