import { defineConfig } from '@playwright/test'

/** The page by itself, with a fake peer behind it: `npm run test:page`. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.page.ts',
  outputDir: process.env['KITH_E2E_RESULTS'] ?? '../../test-results/window',
  workers: 1,
  timeout: 60_000,
  forbidOnly: process.env['CI'] !== undefined,
  // As in e2e/playwright.config.ts: the report lists what needed a second go as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: [['list']],
})
