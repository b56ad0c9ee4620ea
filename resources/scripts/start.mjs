// npm start: sets up whatever is missing, then opens the app, or runs the peer alone where there is no screen.
import { join } from 'node:path'
import { ensureBuild } from './build.mjs'
import { hasDisplay } from './electron/display.mjs'
import { asUser } from './electron/ordinary-user.mjs'
import { projectFolder } from './setup/paths.mjs'
import { runMain } from './setup/problem.mjs'
import { seconds } from './setup/progress.mjs'
import { runAttached } from './setup/run-command.mjs'
import { setUp, setUpElectron, setUpUser } from './setup/set-up.mjs'

runMain(async () => {
  const progress = await setUp()
  const appArguments = process.argv.slice(2)
  return hasDisplay() ? openWindow(progress, appArguments) : runHeadless(progress, appArguments)
})

/**
 * @param {import('./setup/progress.mjs').Progress} progress
 * @param {string[]} appArguments
 */
async function openWindow(progress, appArguments) {
  const { executablePath } = await setUpElectron(progress, { needsVirtualScreen: false })
  await ensureBuild(progress)
  const { user, folder, env } = await setUpUser(progress)
  const args = [folder, ...appArguments]
  const launch = user ? asUser(user, executablePath, args) : { command: executablePath, args }
  progress.say(`Set up in ${seconds(progress.elapsedMs())}; opening Kith.`)
  return runAttached(launch.command, launch.args, { env, cwd: folder })
}

/**
 * @param {import('./setup/progress.mjs').Progress} progress
 * @param {string[]} appArguments
 */
async function runHeadless(progress, appArguments) {
  await ensureBuild(progress)
  const program = join(projectFolder, 'out', 'main', 'kith.js')
  progress.say('There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so Kith runs without a window.')
  progress.say(`To chat, in another terminal:  node ${program} chat "What is the capital of France?"`)
  progress.say(`For all commands:              node ${program} --help`)
  progress.say(`Set up in ${seconds(progress.elapsedMs())}; stop with Ctrl+C.`)
  return runAttached(process.execPath, [program, 'serve', ...appArguments])
}
