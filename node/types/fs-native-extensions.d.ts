declare module 'fs-native-extensions' {
  /** Locks an open file for this process; false where another has it. The lock goes with the process. */
  export function tryLock(fd: number): boolean
  export function unlock(fd: number): void
}
