import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Problem } from '../setup/problem.mjs'

const setuidBit = 0o4000
/** Each switch, and the value with which the kernel refuses the sandbox to a normal program. */
const switches = [
  {
    path: '/proc/sys/kernel/unprivileged_userns_clone',
    refusing: '0',
    name: 'kernel.unprivileged_userns_clone',
    cure: '1',
  },
  {
    path: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    refusing: '1',
    name: 'kernel.apparmor_restrict_unprivileged_userns',
    cure: '0',
  },
]

/**
 * Says how to let Chromium's sandbox work where the kernel refuses it; it is never switched off instead.
 * @param {string} executablePath
 */
export async function checkSandbox(executablePath) {
  if (process.platform !== 'linux') return
  const helper = join(dirname(executablePath), 'chrome-sandbox')
  const hasHelper = await stat(helper).then(
    ({ mode, uid }) => uid === 0 && (mode & setuidBit) !== 0,
    () => false,
  )
  if (hasHelper) return
  for (const { path, refusing, name, cure } of switches) {
    const value = await readFile(path, 'utf8').catch(() => '')
    if (value.trim() !== refusing) continue
    throw new Problem(
      `This system keeps Chromium's sandbox from starting (${name}=${refusing}). Allow its helper instead:\n` +
        `  sudo chown root:root "${helper}" && sudo chmod 4755 "${helper}"\n` +
        `or allow it for all programs: sudo sysctl ${name}=${cure}`,
    )
  }
}
