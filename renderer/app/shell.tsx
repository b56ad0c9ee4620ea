import { Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { OpenedInviteDialog } from '../pool/invites/opened-invite-dialog.tsx'
import { useNavigation } from '../state/navigation.ts'
import { Banners } from './banners.tsx'
import { Drawer } from './drawer.tsx'
import { pages, prepareViews } from './pages.ts'
import { Sidebar } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'
import { useShortcuts } from './use-shortcuts.ts'

/** The app as it is most of the time: side bar, and one view beside it. */
export function Shell() {
  const { t } = useTranslation()
  const view = useNavigation((navigation) => navigation.view)
  useShortcuts()

  useEffect(() => {
    const idle = requestIdleCallback(prepareViews)
    return () => {
      cancelIdleCallback(idle)
    }
  }, [])

  const Current = pages[view]
  return (
    <div className="flex h-full">
      <a
        href="#main"
        className="sr-only rounded-control bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:start-3 focus:top-3 focus:z-60"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        {t('app.skipToMain')}
      </a>
      <aside className="hidden w-66 shrink-0 border-e border-line bg-sunken md:block">
        <Sidebar />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar />
        <Banners />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none short:overflow-y-auto">
          <Suspense fallback={null}>
            <Current key={view} />
          </Suspense>
        </main>
      </div>
      <Drawer />
      <OpenedInviteDialog />
    </div>
  )
}
