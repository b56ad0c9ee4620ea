import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import type { Reporter } from 'vitest/reporters'

/** Names tests that passed only at their second go, so that nobody gets used to them. */
const secondGoes: Reporter = {
  onTestCaseResult(test) {
    if (!test.diagnostic()?.flaky) return
    process.stdout.write(`\npassed at the second go: ${test.module.relativeModuleId} > ${test.fullName}\n`)
  },
}

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    // Peers wait for each other most of the time, so that two cores have room for two at once.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    include: ['{node,electron,renderer,resources}/**/*.test.{ts,tsx}'],
    exclude: ['**/*.real.test.ts', '**/*.long.test.ts'],
    // The llama.cpp child runs from a built file, as in the app.
    globalSetup: ['node/engines/testing/build-child.ts'],
    // What a passing test prints is noise; a failing one shows it.
    silent: 'passed-only',
    reporters: ['dot', secondGoes],
    // Real peers race with real clocks, and a machine that does much else loses races that an idle one wins.
    retry: process.env['CI'] === undefined ? 0 : 1,
    // Peers on loopback take their time on a busy machine with two cores.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 15_000 } },
  },
})
