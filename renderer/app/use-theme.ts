import { useEffect } from 'react'
import { useThemeSetting } from '../state/slices.ts'

/** Puts the chosen theme on the page; "as on this computer" leaves it to the system. */
export function useTheme(): void {
  const theme = useThemeSetting()
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
}
