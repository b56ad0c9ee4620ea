import { z } from 'zod'
import { hostilePart } from './hostile-part.ts'

const trueNow = Date.now.bind(Date)
let aheadMs = 0

/** Sets the clock of this install, as somebody at the computer can: the time of day, and not what has really passed. */
export const wrongClock = hostilePart({
  input: z.object({ aheadMs: z.number().int() }),
  /** How far the clock is ahead of the true one now. */
  report: z.object({ aheadMs: z.number() }),
  run(_app, input) {
    ;({ aheadMs } = input)
    return Promise.resolve({ aheadMs: Date.now() - trueNow() })
  },
})

/** Lets the clock of this process be set later on. Call it before a peer starts, as its parts take hold of the clock. */
export function makeClockSettable(): void {
  Date.now = () => trueNow() + aheadMs
}
