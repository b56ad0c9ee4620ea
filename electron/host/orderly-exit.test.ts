import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../node/base/log.ts'
import { drainDeadlineMs } from '../../node/peer/peer-options.ts'
import { OrderlyExit, type ExitSteps } from './orderly-exit.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const never = new Promise<void>(() => undefined)

/** An exit that writes down its steps. */
function setUp(changes: Partial<Pick<ExitSteps, 'drain' | 'stop'>> = {}) {
  const steps: string[] = []
  const note = (what: string, step?: () => Promise<void>) => () => {
    steps.push(what)
    return step?.() ?? Promise.resolve()
  }
  const exit = new OrderlyExit({
    drain: (signal) => note('drain', () => changes.drain?.(signal) ?? Promise.resolve())(),
    stop: note('stop', changes.stop),
    exit: (code) => steps.push(`exit ${code}`),
    log: createLog({ level: 'silent' }),
  })
  return { exit, steps }
}

describe('the way out of the app', () => {
  it('drains, then stops, then exits', async () => {
    const { exit, steps } = setUp()
    expect(exit.isLeaving).toBe(false)
    exit.leave()
    expect(exit.isLeaving).toBe(true)
    await vi.advanceTimersByTimeAsync(0)
    expect(steps).toEqual(['drain', 'stop', 'exit 0'])
  })

  it('waits for a drain no longer than its deadline, and for a stop no longer than that of the stop', async () => {
    const { exit, steps } = setUp({ drain: () => never, stop: () => never })
    exit.leave()
    await vi.advanceTimersByTimeAsync(drainDeadlineMs - 1)
    expect(steps).toEqual(['drain'])
    await vi.advanceTimersByTimeAsync(1)
    expect(steps).toEqual(['drain', 'stop'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(steps).toEqual(['drain', 'stop', 'exit 0'])
  })

  it('tells the drain to end when it is asked once more, and stops once', async () => {
    let isTold = false
    const { exit, steps } = setUp({
      drain: (signal) => {
        signal.addEventListener('abort', () => (isTold = true))
        return never
      },
    })
    exit.leave()
    exit.leave()
    exit.leave()
    await vi.advanceTimersByTimeAsync(0)
    expect(isTold).toBe(true)
    expect(steps).toEqual(['drain', 'stop', 'exit 0'])
  })

  it('drains nothing after a bug, and says so by its exit code', async () => {
    const { exit, steps } = setUp()
    exit.noteBug()
    exit.leave()
    await vi.advanceTimersByTimeAsync(0)
    expect(steps).toEqual(['stop', 'exit 70'])
  })

  it('stops although the drain fails, and exits although the stop fails', async () => {
    const no = (): Promise<void> => Promise.reject(new Error('no'))
    const { exit, steps } = setUp({ drain: no, stop: no })
    exit.leave()
    await vi.advanceTimersByTimeAsync(0)
    expect(steps).toEqual(['drain', 'stop', 'exit 70'])
  })
})
