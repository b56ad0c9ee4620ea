import { useEffect, useState } from 'react'
import type { StrengthLevel } from './strength-level.ts'

/** Typing is never held up: the estimate waits for a pause. */
const pauseMs = 150

// The word lists are large and not part of the first screen.
const load = () => import('./password-strength.ts')

/** How strong a password is, as soon as that is known; until then what was known before. */
export function usePasswordStrength(password: string, username: string): StrengthLevel {
  const [level, setLevel] = useState<StrengthLevel>('none')

  useEffect(() => {
    const idle = requestIdleCallback(() => void load())
    return () => {
      cancelIdleCallback(idle)
    }
  }, [])

  useEffect(() => {
    if (password === '') return undefined
    const aborter = new AbortController()
    const timer = setTimeout(() => {
      void load().then(({ strengthOf }) => {
        if (!aborter.signal.aborted) setLevel(strengthOf(password, username))
      })
    }, pauseMs)
    return () => {
      clearTimeout(timer)
      aborter.abort()
    }
  }, [password, username])

  return password === '' ? 'none' : level
}
