import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'

/** Within this distance of the end a reader counts as following along. */
const nearEndPixels = 60

interface StickToEnd {
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  readonly isAtEnd: boolean
  readonly jumpToEnd: () => void
}

/** Keeps the newest text in view while the reader is at the end, and leaves a reader further up alone. */
export function useStickToEnd(): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  const [isAtEnd, setAtEnd] = useState(true)

  useEffect(() => {
    const frame = scroller.current
    const inner = content.current
    if (frame === null || inner === null) return undefined
    const scrollToEnd = (): void => {
      if (follows.current) frame.scrollTop = frame.scrollHeight
    }
    let lastTop = frame.scrollTop
    const onScroll = (): void => {
      const isNear = frame.scrollHeight - frame.scrollTop - frame.clientHeight < nearEndPixels
      // Growing text moves the end away without anybody scrolling; only going up lets go.
      if (isNear) follows.current = true
      else if (frame.scrollTop < lastTop) follows.current = false
      lastTop = frame.scrollTop
      setAtEnd(isNear || follows.current)
    }
    const observer = new ResizeObserver(scrollToEnd)
    observer.observe(inner)
    observer.observe(frame)
    frame.addEventListener('scroll', onScroll, { passive: true })
    scrollToEnd()
    return () => {
      observer.disconnect()
      frame.removeEventListener('scroll', onScroll)
    }
  }, [])

  const jumpToEnd = useCallback(() => {
    follows.current = true
    setAtEnd(true)
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }, [])

  return { scroller, content, isAtEnd, jumpToEnd }
}
