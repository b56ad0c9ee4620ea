import * as fileSystem from 'node:fs'
import { projectFolder } from './paths.mjs'
import { Problem } from './problem.mjs'
import { capture, npmCommand } from './run-command.mjs'

const leastNode = [20, 19]

/** Checks what must be there before anything else can run; every gap is one sentence. */
export async function checkPrerequisites() {
  checkNode(process.versions.node)
  const npm = await capture(npmCommand, ['--version'])
  if (npm.code !== 0) {
    throw new Problem('npm was not found. It comes with Node.js: install Node.js 20.19 or newer, then start again.')
  }
}

/**
 * @param {string} version
 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = leastNode
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return
  throw new Problem(
    `This is Node.js ${version}, and Kith needs ${leastNode.join('.')} or newer. Install it, then start again.`,
  )
}

/**
 * Refuses to begin a download that the disk cannot hold.
 * @param {string} folder an existing folder on that disk
 * @param {number} neededMegabytes
 * @param {string} what
 */
export function checkDisk(folder, neededMegabytes, what) {
  const { bavail, bsize } = fileSystem.statfsSync(folder)
  const freeMegabytes = Math.floor((bavail * bsize) / 1e6)
  if (freeMegabytes >= neededMegabytes) return
  throw new Problem(
    `${what} needs ${neededMegabytes} MB, and the disk of ${folder} has ${freeMegabytes} MB left. Make room, then start again.`,
  )
}

/** Refuses a checkout that the set-up could not write to. */
export function checkWritable() {
  try {
    fileSystem.accessSync(projectFolder, fileSystem.constants.W_OK)
  } catch {
    throw new Problem(`${projectFolder} cannot be written to. Start as the user who owns it.`)
  }
}
