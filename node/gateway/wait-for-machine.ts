import type { MachineDirectory } from '../protocol/machines.ts'

/** How often a condition that no event announces is checked again. */
const recheckMs = 250

/** Resolves when the condition holds, the time is over or the signal fires. */
export function whenMachinesChange(
  machines: MachineDirectory,
  isSettled: () => boolean,
  waitMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (isSettled() || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const check = (): void => {
      if (isSettled()) end()
    }
    const end = (): void => {
      clearTimeout(timer)
      clearInterval(recheck)
      unsubscribe()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, waitMs)
    const recheck = setInterval(check, recheckMs)
    const unsubscribe = machines.onChange(check)
    signal.addEventListener('abort', end, { once: true })
  })
}
