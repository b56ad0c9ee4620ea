// npm run test:real: the tests that need a real Ollama and a real model, both fetched once and cached.
//
// Use: npm run test:real                          all of them: the engines, then the windows
//      npm run test:real -- engines [for vitest]
//      npm run test:real -- windows [for Playwright]
import { join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { cacheFolder, projectFolder } from './setup/paths.mjs'
import { Problem, runMain } from './setup/problem.mjs'
import { ensureRealOllama } from './real/real-ollama.mjs'
import { ensurePackageClient, shareRealParts } from './real/real-parts-for-user.mjs'
import { runAttached } from './setup/run-command.mjs'
import { setUp } from './setup/set-up.mjs'
import { runWindowTests, setUpWindowTests } from './electron/window-tests.mjs'

const parts = ['engines', 'windows']

/**
 * @param {import('./setup/progress.mjs').Progress} progress
 * @param {string[]} args
 */
async function testEngines(progress, args) {
  await ensureBuild(progress)
  await ensureRealOllama()
  const vitest = join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs')
  const run = [vitest, 'run', '--config', 'vitest.real.config.ts', ...args]
  return runAttached(process.execPath, run, { cwd: projectFolder })
}

/**
 * @param {import('./setup/progress.mjs').Progress} progress
 * @param {string[]} args
 */
async function testWindows(progress, args) {
  const tests = await setUpWindowTests(progress)
  await ensurePackageClient(progress, tests.runner)
  await shareRealParts(await ensureRealOllama(), tests.runner.user)
  // The tests find the parts where this run put them, whoever runs them.
  const env = { KITH_CACHE: cacheFolder() }
  const config = 'e2e/playwright.real.config.ts'
  return runWindowTests(progress, tests, { config, results: 'test-results/real', args, env })
}

runMain(async () => {
  const [part, ...args] = process.argv.slice(2)
  if (part !== undefined && !parts.includes(part)) throw new Problem(`Name one of: ${parts.join(', ')}.`)
  const progress = await setUp()
  const engines = part === 'windows' ? 0 : await testEngines(progress, args)
  if (engines !== 0 || part === 'engines') return engines
  return testWindows(progress, args)
})
