import { defineConfig } from 'vitest/config'
import usual from './vitest.config.ts'

/** Tests that take minutes by their nature: programs that are killed many times over, connections that are fuzzed. */
export default defineConfig({
  test: {
    ...usual.test,
    include: ['node/**/*.long.test.ts'],
    exclude: [],
  },
})
