import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLocalNetwork, type LocalNetwork } from '../net/local-network.ts'
import { testPassword } from '../peer/testing/test-peer.ts'
import { startChild } from '../protocol/testing/built-child.ts'
import { ProfileLock } from '../state/profile-lock.ts'
import { exitCodes } from './exit-codes.ts'

let profileDir = ''
let network: LocalNetwork
beforeAll(async () => {
  network = await startLocalNetwork()
  profileDir = mkdtempSync(join(tmpdir(), 'kith-serve-'))
})
afterAll(async () => {
  rmSync(profileDir, { recursive: true, force: true })
  await network.stop()
})

it('kith serve ends with a record and an exit code after an error that nothing handled, and leaves its profile free', async () => {
  const bootstrap = network.bootstrap.map(({ host, port }) => `${host}:${port}`).join(',')
  const options = ['--profile', profileDir, '--bootstrap', bootstrap, '--host', network.host]
  const child = await startChild(
    join(import.meta.dirname, 'testing/buggy-serve.ts'),
    [profileDir, ...options, 'serve', '--sign-up', 'ada', '--phrase-file', join(profileDir, 'phrase')],
    { silent: true, env: { ...process.env, KITH_PASSWORD: testPassword } },
  )
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => printed.push(text.toString()))
  const [code] = await once(child, 'exit')
  const text = printed.join('')
  expect(code, text).toBe(exitCodes.bug)
  expect(text).toContain('a bug ended Kith')
  expect(text).toContain('a bug on purpose')
  expect(text).toContain('kith: Something went wrong inside Kith')
  // Commands no longer find it, and the next start may have the profile at once.
  expect(existsSync(join(profileDir, 'control.json'))).toBe(false)
  const lock = new ProfileLock(profileDir)
  await lock.start()
  await lock.stop()
})
