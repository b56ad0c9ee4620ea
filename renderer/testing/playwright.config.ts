import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'

const address = 'http://127.0.0.1:4178'
/** A Chromium of the system, where there is one; else the one Playwright brings. */
const systemChromium = process.env['KITH_CHROMIUM'] ?? '/usr/bin/chromium'

/** The page by itself, with a fake peer behind it: `npx playwright test -c renderer/testing`. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.page.ts',
  outputDir: '../../test-results/window',
  workers: 1,
  timeout: 60_000,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: {
    baseURL: address,
    viewport: { width: 1280, height: 800 },
    launchOptions: existsSync(systemChromium) ? { executablePath: systemChromium } : {},
  },
  webServer: {
    command:
      'npx vite build -c renderer/testing/vite.config.ts --logLevel error && npx vite preview -c renderer/testing/vite.config.ts',
    url: `${address}/testing/index.html`,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    reuseExistingServer: true,
    timeout: 120_000,
  },
})
