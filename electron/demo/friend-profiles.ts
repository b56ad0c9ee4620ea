import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'

const prefix = 'demo-friend-'

/** A folder of its own for each second window, inside the profile of the first. */
export function newFriendProfile(profileDir: string): string {
  return path.join(profileDir, `${prefix}${randomBytes(4).toString('hex')}`)
}

/** Removes what second windows left, this time's and those of runs that crashed. */
export async function removeFriendProfiles(profileDir: string): Promise<void> {
  const names = await readdir(profileDir)
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    await rm(path.join(profileDir, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}
