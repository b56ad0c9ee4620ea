import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The `kith` command with a bug in it: once its peer listens for commands, a promise rejects that nobody waits for.
 *
 * Arguments: the profile's folder, then those of the command.
 */
const [profileDir = ''] = process.argv.splice(2, 1)
const look = setInterval(() => {
  if (!existsSync(join(profileDir, 'control.json'))) return
  clearInterval(look)
  void Promise.reject(new Error('a bug on purpose'))
}, 20)
await import('../kith.ts')
