import { defineConfig } from '@playwright/test'
import shared from './playwright.config.ts'

/** The tests with a real engine and a real model, for `npm run test:real`. */
export default defineConfig({
  ...shared,
  testMatch: 'real/*.real.spec.ts',
  testIgnore: [],
  outputDir: process.env['KITH_E2E_RESULTS'] ?? '../test-results/real',
  // A model of a quarter of a gigabyte is downloaded, in the app.
  timeout: 12 * 60_000,
})
