import { z } from 'zod'
import { hostilePart } from './hostile-part.ts'

const hoursWrong = 5

/** Sets the clock of this install wrong, for good. */
export const wrongClock = hostilePart({
  input: z.object({}),
  replace() {
    const now = Date.now.bind(Date)
    Date.now = () => now() - hoursWrong * 3_600_000
  },
})
