import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashSources } from '../build.mjs'
import { mayUse } from '../electron/ordinary-user.mjs'
import { cacheFolder, projectFolder } from './paths.mjs'
import { Problem } from './problem.mjs'
import { capture } from './run-command.mjs'

/** What running and testing the built app needs of the checkout. */
const smallParts = ['package.json', 'out', 'e2e', 'resources', 'node', 'electron', 'renderer', 'tsconfig.json']

/**
 * A folder with the built app that the user can read: the checkout, or where it is closed (as in root's home) a copy.
 * @param {import('./progress.mjs').Progress} progress
 * @param {import('../electron/ordinary-user.mjs').OrdinaryUser} user
 */
export async function readableCheckout(progress, user) {
  if (!(await mayUse(user, '-x', process.execPath))) {
    throw new Problem(
      `The user ${user.name} may not run ${process.execPath}. Install Node.js for all users, then start again.`,
    )
  }
  if (await mayUse(user, '-r', join(projectFolder, 'package.json'))) return projectFolder
  const name = createHash('sha256').update(projectFolder).digest('hex').slice(0, 12)
  const copy = join(cacheFolder(), `checkout-${name}`)
  const stamp = await hashSources(['package-lock.json', ...smallParts])
  const copied = await readFile(join(copy, '.stamp'), 'utf8').catch(() => undefined)
  if (copied === stamp) return copy
  await progress.step(`Copying the app to ${copy}, because ${user.name} may not read ${projectFolder}`, () =>
    copyTo(copy, stamp),
  )
  return copy
}

/**
 * @param {string} copy
 * @param {string} stamp
 */
async function copyTo(copy, stamp) {
  await rm(copy, { recursive: true, force: true })
  await mkdir(copy, { recursive: true, mode: 0o755 })
  const sources = [...smallParts, 'node_modules'].map((part) => join(projectFolder, part))
  // Hard links cost no room where the cache is on the same disk.
  const linked = await capture('cp', ['-al', ...sources, copy])
  if (linked.code !== 0) {
    const full = await capture('cp', ['-a', ...sources, copy])
    if (full.code !== 0) throw new Problem(`Copying the app failed: ${full.output.trim().split('\n').at(-1) ?? ''}`)
  }
  await capture('chmod', ['-R', 'a+rX', copy])
  await writeFile(join(copy, '.stamp'), stamp)
}
