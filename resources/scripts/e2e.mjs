// npm run e2e: the built app as a person uses it, in real Electron windows on a virtual screen.
import { runMain } from './setup/problem.mjs'
import { setUp } from './setup/set-up.mjs'
import { ensurePrograms } from './electron/system-libraries.mjs'
import { runWindowTests, setUpWindowTests } from './electron/window-tests.mjs'

/** A desktop's keyring, with a session bus to reach it. */
const keyringPrograms = { 'dbus-daemon': 'dbus', 'dbus-send': 'dbus', 'gnome-keyring-daemon': 'gnome-keyring' }

runMain(async () => {
  const progress = await setUp()
  if (process.platform === 'linux') await ensurePrograms(progress, keyringPrograms)
  const tests = await setUpWindowTests(progress)
  const args = process.argv.slice(2)
  return runWindowTests(progress, tests, { config: 'e2e/playwright.config.ts', results: 'test-results', args })
})
