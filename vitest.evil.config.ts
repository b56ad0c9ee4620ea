import { defineConfig } from 'vitest/config'

/** Hostile installs against honest ones, every install in a process of its own. */
export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    include: ['e2e/evil/**/*.test.ts'],
    silent: 'passed-only',
    // Time is measured, so nothing else runs beside.
    fileParallelism: false,
    retry: process.env['CI'] === undefined ? 0 : 1,
    testTimeout: 180_000,
    hookTimeout: 90_000,
  },
})
