import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  testIgnore: '**/*.real.spec.ts',
  outputDir: process.env['KITH_E2E_RESULTS'] ?? '../test-results',
  // Several installs with a local DHT already fill two cores.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] !== undefined,
  // As in vitest.config.ts; the report lists what needed a second go as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: [['list']],
  use: { trace: 'retain-on-failure' },
})
