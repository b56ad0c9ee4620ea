import { expect } from '@playwright/test'

const minuteMs = 60_000

/** Waits until a minute has just begun where too little of this one is left for what follows. */
export async function minuteWith(neededMs: number): Promise<void> {
  if (minuteMs - (Date.now() % minuteMs) >= neededMs) return
  const minute = Math.floor(Date.now() / minuteMs)
  await expect.poll(() => Math.floor(Date.now() / minuteMs), { timeout: minuteMs, intervals: [200] }).toBe(minute + 1)
}
