import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isRoot } from '../setup/paths.mjs'
import { Problem } from '../setup/problem.mjs'
import { capture } from '../setup/run-command.mjs'

const windowPackages = [
  'libnss3',
  'libatk1.0-0',
  'libatk-bridge2.0-0',
  'libcups2',
  'libgtk-3-0',
  'libgbm1',
  'libasound2',
  'libxss1',
  'libxtst6',
  'libnotify4',
  'libsecret-1-0',
  'dbus',
]
const screenPackages = ['xvfb', 'xauth']
const installDeadlineMs = 10 * 60_000

/**
 * Makes sure that Electron finds its libraries, and a virtual screen where tests need one.
 * @param {import('../setup/progress.mjs').Progress} progress
 * @param {{ executablePath: string, needsVirtualScreen: boolean }} options
 */
export async function ensureSystemLibraries(progress, { executablePath, needsVirtualScreen }) {
  if (process.platform !== 'linux') return
  const missing = await findMissing(executablePath, needsVirtualScreen)
  if (missing.length === 0) return
  const packages = [...windowPackages, ...(needsVirtualScreen ? screenPackages : [])]
  await installMissing(progress, missing, packages)
  const stillMissing = await findMissing(executablePath, needsVirtualScreen)
  if (stillMissing.length > 0) throw new Problem(`Still missing after installing: ${stillMissing.join(', ')}.`)
}

/**
 * Makes sure that programs are there.
 * @param {import('../setup/progress.mjs').Progress} progress
 * @param {Readonly<Record<string, string>>} packageOf the Debian package of each program
 */
export async function ensurePrograms(progress, packageOf) {
  const missing = await findMissingPrograms(Object.keys(packageOf))
  if (missing.length === 0) return
  await installMissing(
    progress,
    missing,
    missing.map((program) => packageOf[program] ?? program),
  )
}

/**
 * Installs Debian packages where it may, and else says with which command; `missing` is what they are for.
 * @param {import('../setup/progress.mjs').Progress} progress
 * @param {string[]} missing
 * @param {string[]} packages
 */
export async function installMissing(progress, missing, packages) {
  if (!(await isDebianLike())) {
    throw new Problem(`Missing here: ${missing.join(', ')}. Install the packages that hold them, then start again.`)
  }
  const install = ['install', '--yes', '--no-install-recommends', ...(await namesHere(packages))]
  if (!isRoot) {
    const command = `sudo apt-get ${install.join(' ')}`
    throw new Problem(`Missing here: ${missing.join(', ')}. Run this, then start again:\n  ${command}`)
  }
  await progress.step(`Installing system packages (${missing.join(', ')} missing)`, () => installPackages(install))
}

/**
 * @param {string} executablePath
 * @param {boolean} needsVirtualScreen
 */
async function findMissing(executablePath, needsVirtualScreen) {
  const linked = await capture('ldd', [executablePath], {
    env: { ...process.env, LD_LIBRARY_PATH: dirname(executablePath) },
  })
  const missing = parseMissingLibraries(linked.output)
  return needsVirtualScreen ? [...missing, ...(await findMissingPrograms(['Xvfb', 'xauth']))] : missing
}

/** @param {string[]} programs */
async function findMissingPrograms(programs) {
  const missing = []
  for (const program of programs) {
    const found = await capture('sh', ['-c', `command -v ${program}`])
    if (found.code !== 0) missing.push(program)
  }
  return missing
}

/** @param {string} lddOutput */
export function parseMissingLibraries(lddOutput) {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name ?? '')
}

/** Whether apt-get is the way to install something here. */
export async function isDebianLike() {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*debian/m.test(release)
}

/**
 * Newer releases renamed one library that a plain name no longer selects.
 * @param {string[]} packages
 */
async function namesHere(packages) {
  const renamed = await capture('apt-cache', ['show', 'libasound2t64'])
  return renamed.code === 0 ? packages.map((name) => (name === 'libasound2' ? 'libasound2t64' : name)) : packages
}

/**
 * Runs apt-get with fresh lists; says what went wrong where it did.
 * @param {string[]} install
 */
export async function installPackages(install) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const waiting = ['-o', 'DPkg::Lock::Timeout=120']
  await capture('apt-get', [...waiting, 'update'], { env, timeoutMs: installDeadlineMs })
  const result = await capture('apt-get', [...waiting, ...install], { env, timeoutMs: installDeadlineMs })
  if (result.code === 0) return
  const tail = result.output.trim().split('\n').slice(-6).join('\n')
  throw new Problem(`System packages could not be installed. Run "apt-get ${install.join(' ')}" and see why:\n${tail}`)
}
