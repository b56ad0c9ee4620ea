import { Tooltip } from 'radix-ui'
import { useCallback, useEffect, useState } from 'react'
import { keepFocus } from '../components/focus/keep-focus.ts'
import { usePeerStatus } from '../state/peer-status.ts'
import { Opened } from './opened.tsx'
import { retryPeer, startWindow } from './start.ts'
import { FailedScreen, StartingScreen } from './starting-screen.tsx'
import { useTheme } from './use-theme.ts'

/** The whole window: starting, failed, or open. */
export function App() {
  const { phase, error } = usePeerStatus()
  const [attempt, setAttempt] = useState(0)
  useTheme()
  useEffect(keepFocus, [])

  useEffect(() => {
    const aborter = new AbortController()
    const started = startWindow(aborter.signal)
    return () => {
      aborter.abort()
      void started.then((release) => {
        release()
      })
    }
  }, [attempt])

  const retry = useCallback(async () => {
    if (await retryPeer()) setAttempt((count) => count + 1)
  }, [])

  return (
    <Tooltip.Provider delayDuration={400}>
      {phase === 'starting' && <StartingScreen />}
      {phase === 'failed' && <FailedScreen error={error} onRetry={() => void retry()} />}
      {phase === 'ready' && <Opened />}
    </Tooltip.Provider>
  )
}
