import { chownSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuild } from '../build.mjs'
import { asUser } from './ordinary-user.mjs'
import { projectFolder } from '../setup/paths.mjs'
import { seconds } from '../setup/progress.mjs'
import { runAttached } from '../setup/run-command.mjs'
import { setUpElectron, setUpUser } from '../setup/set-up.mjs'

/**
 * What tests in windows stand on: an Electron, the built app, and who runs it from where.
 * @typedef {object} WindowTests
 * @property {import('./electron-runtime.mjs').ElectronRuntime} runtime
 * @property {Awaited<ReturnType<typeof setUpUser>>} runner
 *
 * @typedef {object} WindowTestRun
 * @property {string} config of Playwright, from the checkout's root
 * @property {string} results folder in the checkout, where pictures and traces are brought
 * @property {string[]} args handed on to Playwright
 * @property {NodeJS.ProcessEnv} [env]
 */

const needsVirtualScreen = process.platform === 'linux'

/**
 * @param {import('../setup/progress.mjs').Progress} progress
 * @param {() => Promise<unknown>} build makes what the windows show; unless said otherwise the app
 * @returns {Promise<WindowTests>}
 */
export async function setUpWindowTests(progress, build = () => ensureBuild(progress)) {
  const runtime = await setUpElectron(progress, { needsVirtualScreen })
  await build()
  return { runtime, runner: await setUpUser(progress) }
}

/**
 * Runs tests in real windows on a virtual screen, never as root; answers Playwright's exit code.
 * @param {import('../setup/progress.mjs').Progress} progress
 * @param {WindowTests} tests
 * @param {WindowTestRun} run
 */
export async function runWindowTests(progress, { runtime, runner }, run) {
  const { user, folder } = runner
  const results = mkdtempSync(join(tmpdir(), 'kith-e2e-'))
  if (user) chownSync(results, user.uid, user.gid)

  const playwright = join(folder, 'node_modules', '@playwright', 'test', 'cli.js')
  const test = [playwright, 'test', '-c', run.config, ...run.args]
  const onScreen = needsVirtualScreen
    ? { command: 'xvfb-run', args: ['-a', '-s', '-screen 0 1400x1000x24', process.execPath, ...test] }
    : { command: process.execPath, args: test }
  const started = user ? asUser(user, onScreen.command, onScreen.args) : onScreen
  progress.say(`Set up in ${seconds(progress.elapsedMs())}; testing on Electron ${runtime.version}.`)
  try {
    return await runAttached(started.command, started.args, {
      cwd: folder,
      env: {
        ...runner.env,
        ...run.env,
        KITH_ELECTRON: runtime.executablePath,
        KITH_ELECTRON_VERSION: runtime.version,
        KITH_E2E_RESULTS: results,
      },
    })
  } finally {
    // The user of the tests may not write to the checkout, so what they leave is brought here.
    const kept = join(projectFolder, run.results)
    rmSync(kept, { recursive: true, force: true })
    cpSync(results, kept, { recursive: true })
    rmSync(results, { recursive: true, force: true })
  }
}
