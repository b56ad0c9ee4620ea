import { join } from 'node:path'
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test'

export { expect, type Locator, type Page } from '@playwright/test'

/** Nothing listens there: requests are answered from the folder of the built page. */
export const pageAddress = 'http://127.0.0.1:4178'
const pageFolder = join(process.cwd(), 'out', 'window-harness')
const windowFolder = join(process.cwd(), 'resources', 'page-test-window')
/** The policy of the app, so that page tests fail where the app would. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"

function executable(): string {
  const path = process.env['KITH_ELECTRON']
  if (!path) throw new Error('KITH_ELECTRON names the runtime to test on; npm run test:page sets it')
  return path
}

async function openWindow(electron: ElectronApplication): Promise<Page> {
  const opened = electron.waitForEvent('window')
  await electron.evaluate(({ BrowserWindow }) => {
    const window = new BrowserWindow({
      width: 1280,
      height: 800,
      useContentSize: true,
      webPreferences: { sandbox: true, backgroundThrottling: false, partition: 'in-memory' },
    })
    return window.loadURL('about:blank')
  })
  const page = await opened
  await page.route(`${pageAddress}/**`, (route) =>
    route.fulfill({
      path: join(pageFolder, new URL(route.request().url()).pathname),
      headers: { 'content-security-policy': contentPolicy },
    }),
  )
  return page
}

interface Worker {
  readonly electron: ElectronApplication
}

/**
 * A test in a window of the app's own Electron, with the page alone in it.
 *
 * Whatever the console complains of fails it: React's warnings, and what the content policy refused.
 */
export const test = base.extend<object, Worker>({
  electron: [
    // The runner reads from the pattern what a fixture needs: nothing.
    async ({}, run) => {
      const electron = await _electron.launch({
        executablePath: executable(),
        args: [windowFolder],
        chromiumSandbox: true,
      })
      await run(electron)
      await electron.close()
    },
    { scope: 'worker' },
  ],
  page: async ({ electron }, run) => {
    const page = await openWindow(electron)
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.setViewportSize({ width: 1280, height: 800 })
    await run(page)
    await electron.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.destroy()
    })
    base.expect(complaints).toEqual([])
  },
})
