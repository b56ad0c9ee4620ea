import { ensureDependencies } from './dependencies.mjs'
import { describeRuntime, ensureElectronRuntime } from '../electron/electron-runtime.mjs'
import { ensureOrdinaryUser, environmentOf } from '../electron/ordinary-user.mjs'
import { isRoot, projectFolder } from './paths.mjs'
import { checkPrerequisites } from './prerequisites.mjs'
import { createProgress } from './progress.mjs'
import { readableCheckout } from './readable-checkout.mjs'
import { checkSandbox } from '../electron/sandbox.mjs'
import { ensureSystemLibraries } from '../electron/system-libraries.mjs'

/** What every command begins with: Node, npm and the dependencies. */
export async function setUp() {
  const progress = createProgress()
  await checkPrerequisites()
  await ensureDependencies(progress)
  return progress
}

/**
 * An Electron that can start on this machine; prints which one it is.
 * @param {import('./progress.mjs').Progress} progress
 * @param {{ needsVirtualScreen: boolean }} options
 */
export async function setUpElectron(progress, { needsVirtualScreen }) {
  const runtime = await ensureElectronRuntime({ log: progress.say })
  progress.say(describeRuntime(runtime))
  await ensureSystemLibraries(progress, { executablePath: runtime.executablePath, needsVirtualScreen })
  await checkSandbox(runtime.executablePath)
  return runtime
}

/**
 * Who runs the app, from which folder and with which environment: never root.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function setUpUser(progress) {
  if (!isRoot) return { user: undefined, folder: projectFolder, env: process.env }
  const user = await ensureOrdinaryUser(progress.say)
  return { user, folder: await readableCheckout(progress, user), env: environmentOf(user) }
}
