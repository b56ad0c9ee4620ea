import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectFolder } from './paths.mjs'
import { checkDisk, checkWritable } from './prerequisites.mjs'
import { Problem } from './problem.mjs'
import { capture, npmCommand } from './run-command.mjs'

const lockFile = join(projectFolder, 'package-lock.json')
/** npm writes its own list last, so that a broken install has none. */
const installedList = join(projectFolder, 'node_modules', '.package-lock.json')
const stampFile = join(projectFolder, 'node_modules', '.kith-lock-hash')
const neededMegabytes = 2_000
const installDeadlineMs = 20 * 60_000

/**
 * Installs what the lock file names, unless it is installed already.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensureDependencies(progress) {
  const hash = createHash('sha256')
    .update(await readFile(lockFile))
    .digest('hex')
  if (await isInstalled(hash)) return
  checkWritable()
  checkDisk(projectFolder, neededMegabytes, 'Installing the dependencies')
  await progress.step('Installing dependencies from the lock file', async () => {
    const result = await capture(npmCommand, ['ci', '--loglevel=error', '--no-progress'], {
      cwd: projectFolder,
      timeoutMs: installDeadlineMs,
    })
    if (result.code !== 0) throw new Problem(explainInstallFailure(result))
  })
  await writeFile(stampFile, hash)
}

/** @param {string} hash */
async function isInstalled(hash) {
  const installed = await stat(installedList).catch(() => undefined)
  if (installed === undefined) return false
  const stamp = await readFile(stampFile, 'utf8').catch(() => undefined)
  if (stamp === hash) return true
  // A developer who ran npm by hand has a newer list than the lock file.
  if (installed.mtimeMs < (await stat(lockFile)).mtimeMs) return false
  await writeFile(stampFile, hash)
  return true
}

/**
 * One sentence for what a person can do about a failed install.
 * @param {import('./run-command.mjs').CommandResult} result
 */
export function explainInstallFailure({ code, output }) {
  const tail = output.trim().split('\n').slice(-6).join('\n')
  return `${sentenceFor(code, output)}\n${tail}`
}

/**
 * @param {number} code
 * @param {string} output
 */
function sentenceFor(code, output) {
  if (code === 124)
    return 'Installing the dependencies took too long and was stopped. Check the network, then start again.'
  if (/ENOSPC/.test(output)) return 'The disk is full. Make room for 2 GB, then start again.'
  if (/EACCES|EPERM|EROFS/.test(output))
    return 'npm may not write to this folder or its cache. Start as the owner of both.'
  if (/EINTEGRITY/.test(output))
    return 'A downloaded package does not match the lock file. Run "npm cache verify", then start again.'
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.test(output)) {
    return 'The package registry cannot be reached. Check the network or the proxy settings of npm, then start again.'
  }
  if (/E40[13]|E407/.test(output))
    return 'The package registry refused a download. Check the registry settings of npm, then start again.'
  return 'npm could not install the dependencies; its last words:'
}
