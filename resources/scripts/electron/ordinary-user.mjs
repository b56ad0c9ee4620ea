import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../setup/problem.mjs'
import { capture } from '../setup/run-command.mjs'

/**
 * @typedef {object} OrdinaryUser
 * @property {string} name
 * @property {number} uid
 * @property {number} gid
 * @property {string} home
 */

const madeUser = 'kith'

/**
 * The user root runs the app as, because Electron refuses root: the one behind sudo, or one made for it.
 * @param {(line: string) => void} say
 * @returns {Promise<OrdinaryUser>}
 */
export async function ensureOrdinaryUser(say) {
  const behindSudo = process.env.SUDO_USER
  if (behindSudo && behindSudo !== 'root') {
    const user = await findUser(behindSudo)
    if (user) {
      say(`Electron refuses to run as root, so the app runs as ${user.name}, the user behind sudo.`)
      return user
    }
  }
  const existing = await findUser(madeUser)
  if (existing) {
    say(`Electron refuses to run as root, so the app runs as the user "${madeUser}" (home ${existing.home}).`)
    return existing
  }
  const made = await capture('useradd', ['--create-home', madeUser])
  const user = await findUser(madeUser)
  if (!user) {
    throw new Problem(
      `Electron refuses to run as root, and a user for it could not be made: ${made.output.trim()}. Start as a normal user.`,
    )
  }
  say(`Electron refuses to run as root, so a user "${madeUser}" was made for the app (home ${user.home}).`)
  return user
}

/** @param {string} name */
async function findUser(name) {
  const found = await capture('getent', ['passwd', name])
  const [, , uid, gid, , home] = found.output.trim().split(':')
  if (found.code !== 0 || !uid || !gid || !home) return undefined
  return { name, uid: Number(uid), gid: Number(gid), home }
}

/**
 * The command line that runs a command as that user.
 * @param {OrdinaryUser} user
 * @param {string} command
 * @param {string[]} args
 */
export function asUser(user, command, args) {
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups']
  return { command: 'setpriv', args: [...identity, '--', command, ...args] }
}

/**
 * @param {OrdinaryUser} user
 * @param {'-r' | '-x'} right
 * @param {string} path
 */
export async function mayUse(user, right, path) {
  const check = asUser(user, 'test', [right, path])
  return (await capture(check.command, check.args)).code === 0
}

/**
 * Root's environment with the user's own home, session and way to the screen.
 * @param {OrdinaryUser} user
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentOf(user) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, HOME: user.home, USER: user.name, LOGNAME: user.name }
  for (const name of Object.keys(env)) {
    if (/^(SUDO_|XDG_|DBUS_SESSION_BUS_ADDRESS$|npm_)/.test(name)) delete env[name]
  }
  const session = `/run/user/${user.uid}`
  if (existsSync(session)) {
    env.XDG_RUNTIME_DIR = session
    if (existsSync(join(session, 'bus'))) env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${session}/bus`
  }
  const screenKey = process.env.XAUTHORITY
  if (screenKey && existsSync(screenKey)) env.XAUTHORITY = handOver(screenKey, user)
  return env
}

/**
 * Copies the key of the screen, which only root can read, to where the user can.
 * @param {string} screenKey
 * @param {OrdinaryUser} user
 */
function handOver(screenKey, user) {
  const folder = join(user.home, '.cache')
  if (!existsSync(folder)) {
    mkdirSync(folder)
    chownSync(folder, user.uid, user.gid)
  }
  const copy = join(folder, 'kith-xauthority')
  copyFileSync(screenKey, copy)
  chmodSync(copy, 0o600)
  chownSync(copy, user.uid, user.gid)
  return copy
}
