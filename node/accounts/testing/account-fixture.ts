import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from '../../contract/result.ts'
import { AccountStore } from '../account-store.ts'

/** For tests: a profile in a temporary folder, a clock to turn, passwords that cost nothing. */
export interface AccountFixture {
  readonly profileDir: string
  nowMs: number
  /** Another start of the app on this profile, or on another one. */
  open(profileDir?: string): AccountStore
  remove(): Promise<void>
}

export async function makeAccountFixture(): Promise<AccountFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-accounts-'))
  const fixture: AccountFixture = {
    profileDir: join(folder, 'profile'),
    nowMs: Date.UTC(2026, 0, 1),
    open: (profileDir = fixture.profileDir) =>
      new AccountStore(profileDir, {
        now: () => fixture.nowMs,
        passwordCost: { memoryBytes: 8_192, operations: 1 },
        computerName: () => Promise.resolve('Test computer'),
        machineId: () => Promise.resolve('test machine'),
      }),
    remove: () => rm(folder, { recursive: true }),
  }
  return fixture
}

/** The value of a result that a test expects to have succeeded. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

/** The code of a result that a test expects to have failed. */
export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code
}
