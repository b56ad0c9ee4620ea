// npm run test:page: the page by itself, with a fake peer behind it, in windows of the app's own Electron.
import { join } from 'node:path'
import { runWindowTests, setUpWindowTests } from './electron/window-tests.mjs'
import { projectFolder } from './setup/paths.mjs'
import { Problem, runMain } from './setup/problem.mjs'
import { capture } from './setup/run-command.mjs'
import { setUp } from './setup/set-up.mjs'

const buildDeadlineMs = 5 * 60_000

/** React's development build, which says what it finds wrong. */
async function buildPage() {
  const vite = join(projectFolder, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '-c', 'renderer/testing/vite.config.ts', '--mode', 'development', '--logLevel', 'error']
  const result = await capture(process.execPath, args, {
    cwd: projectFolder,
    env: { ...process.env, NODE_ENV: 'development', NO_COLOR: '1' },
    timeoutMs: buildDeadlineMs,
  })
  if (result.code !== 0) throw new Problem(`Building the page failed:\n${result.output.trim()}`)
}

runMain(async () => {
  const progress = await setUp()
  const tests = await setUpWindowTests(progress, () => progress.step('Building the page', buildPage))
  const args = process.argv.slice(2)
  return runWindowTests(progress, tests, {
    config: 'renderer/testing/playwright.config.ts',
    results: 'test-results/window',
    args,
  })
})
