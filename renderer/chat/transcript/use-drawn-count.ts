import { startTransition, useEffect, useState } from 'react'

/** More than fill a screen. */
const atFirst = 30
const atATime = 50
/** Also where the window never rests, as while an answer is written. */
const latestMs = 500

/**
 * How many of a chat's messages, from the newest on, are drawn: those in view at once, older ones while nothing else
 * happens. A thousand drawn together would freeze the window for a second.
 */
export function useDrawnCount(count: number): number {
  const [drawn, setDrawn] = useState(atFirst)
  const isWhole = drawn >= count

  useEffect(() => {
    if (isWhole) return undefined
    const idle = requestIdleCallback(
      () => {
        startTransition(() => {
          setDrawn(drawn + atATime)
        })
      },
      { timeout: latestMs },
    )
    return () => {
      cancelIdleCallback(idle)
    }
  }, [isWhole, drawn])

  return drawn
}
