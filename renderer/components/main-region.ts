import { useState } from 'react'

interface MainRegion {
  readonly container: HTMLElement | null
  readonly onOpenChange: (isOpen: boolean) => void
}

/** Where a menu or hint is drawn, so that it belongs to a landmark; looked up anew each time it opens. */
export function useMainRegion(): MainRegion {
  const [container, setContainer] = useState<HTMLElement | null>(null)
  return {
    container,
    onOpenChange: (isOpen) => {
      if (isOpen) setContainer(document.querySelector('main'))
    },
  }
}
