import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CodedError } from '../base/coded-error.ts'
import { ProfileLock } from './profile-lock.ts'

let profileDir = ''
beforeEach(async () => {
  profileDir = await mkdtemp(join(tmpdir(), 'kith-lock-'))
})
afterEach(() => rm(profileDir, { recursive: true, force: true }))

const codeOfFailure = (starting: Promise<void>): Promise<string | null> =>
  starting.then(
    () => null,
    (cause: unknown) => (cause instanceof CodedError ? cause.error.code : String(cause)),
  )

/** Another process that takes the lock and holds it until it is killed. */
const holder = `
import { open } from 'node:fs/promises'
import { tryLock } from 'fs-native-extensions'
const file = await open(process.argv[2], 'a')
process.send(tryLock(file.fd))
setInterval(() => file.fd, 60_000)
`

describe('ProfileLock', () => {
  it('keeps a second process out, and lets the next in when the first is killed', async () => {
    const script = join(import.meta.dirname, `.lock-holder-${process.pid}.mjs`)
    await writeFile(script, holder)
    const other = fork(script, [join(profileDir, 'lock')])
    try {
      expect(await once(other, 'message')).toContain(true)
      expect(await codeOfFailure(new ProfileLock(profileDir).start())).toBe('profile_in_use')
      other.kill('SIGKILL')
      await once(other, 'exit')
      const lock = new ProfileLock(profileDir)
      expect(await codeOfFailure(lock.start())).toBeNull()
      await lock.stop()
    } finally {
      other.kill('SIGKILL')
      await rm(script)
    }
  })

  it('can be taken again after it was given back', async () => {
    for (let round = 0; round < 2; round += 1) {
      const lock = new ProfileLock(join(profileDir, 'new'))
      await lock.start()
      await lock.stop()
    }
  })

  it('says so when the profile cannot be a folder', async () => {
    await writeFile(join(profileDir, 'file'), '')
    expect(await codeOfFailure(new ProfileLock(join(profileDir, 'file', 'profile')).start())).toBe('storage_failed')
  })
})
