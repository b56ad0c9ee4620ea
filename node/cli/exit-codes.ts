import type { Result } from '../contract/result.ts'

/** Exit codes of `kith`; docs/headless.md lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** EX_SOFTWARE of sysexits.h: an error that nothing handled. */
  bug: 70,
  /** EX_TEMPFAIL of sysexits.h: another process has the profile now. */
  profileInUse: 75,
  /** Ended by Ctrl-C, as shells count it. */
  interrupted: 130,
} as const

export function exitCodeOf(result: Result<unknown>, isInterrupted: boolean): number {
  if (result.ok) return exitCodes.done
  if (isInterrupted && result.error.code === 'stopped') return exitCodes.interrupted
  return result.error.code === 'profile_in_use' ? exitCodes.profileInUse : exitCodes.failed
}
