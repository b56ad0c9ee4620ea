import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    globalSetup: ['node/engines/testing/build-child.ts'],
    include: ['{node,electron,e2e,resources}/**/*.real.test.ts'],
    // One real engine fills a small machine; files take turns.
    fileParallelism: false,
    // The first run builds an Ollama and fetches a model.
    testTimeout: 30 * 60_000,
    hookTimeout: 30 * 60_000,
  },
})
