import { cacheFolder } from '../setup/paths.mjs'
import { asUser, mayUse } from '../electron/ordinary-user.mjs'
import { Problem } from '../setup/problem.mjs'
import { capture } from '../setup/run-command.mjs'
import { installMissing } from '../electron/system-libraries.mjs'

const pipPackage = 'python3-pip'

/**
 * Makes sure that whoever runs the windows has the package index's client, by which the app can get a model.
 * @param {import('../setup/progress.mjs').Progress} progress
 * @param {Awaited<ReturnType<typeof import('../setup/set-up.mjs').setUpUser>>} runner
 */
export async function ensurePackageClient(progress, runner) {
  if (await hasPip(runner)) return
  await installMissing(progress, ['pip, the client of the Python package index'], [pipPackage])
  if (await hasPip(runner)) return
  const who = runner.user ? `the user ${runner.user.name}` : 'you'
  throw new Problem(`"python3 -m pip" does not work for ${who}. Install Python with pip for all users and try again.`)
}

/** @param {Awaited<ReturnType<typeof import('../setup/set-up.mjs').setUpUser>>} runner */
async function hasPip({ user, env }) {
  const pip = ['-m', 'pip', '--version']
  // Through env: the change of user looks programs up while it still has root's rights.
  const { command, args } = user ? asUser(user, 'env', ['python3', ...pip]) : { command: 'python3', args: pip }
  return (await capture(command, args, { env })).code === 0
}

/**
 * Makes sure that whoever runs the windows may use the real engine and model that root keeps in the cache.
 * @param {import('./real-ollama.mjs').RealOllama} real
 * @param {import('../electron/ordinary-user.mjs').OrdinaryUser | undefined} user
 */
export async function shareRealParts(real, user) {
  if (!user) return
  await capture('chmod', ['-R', 'a+rX', real.modelsDir, real.ggufPath])
  const rights = /** @type {const} */ ([
    ['-x', real.ollamaPath],
    ['-x', real.modelsDir],
    ['-r', real.ggufPath],
  ])
  for (const [right, path] of rights) {
    if (await mayUse(user, right, path)) continue
    const advice = `Name a cache folder that all users may read in KITH_CACHE (now ${cacheFolder()}) and try again.`
    throw new Problem(`The user ${user.name} may not use ${path}. ${advice}`)
  }
}
