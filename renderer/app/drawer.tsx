import { Dialog } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { setDrawerOpen, useNavigation } from '../state/navigation.ts'
import { useFocusReturn } from '../components/focus/focus-return.ts'
import { Sidebar } from './sidebar.tsx'

/** The side bar as a drawer, for narrow windows. */
export function Drawer() {
  const isOpen = useNavigation((navigation) => navigation.isDrawerOpen)
  return (
    <Dialog.Root open={isOpen} onOpenChange={setDrawerOpen}>
      <Dialog.Portal>
        <Panel />
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Panel() {
  const { t } = useTranslation()
  const focusReturn = useFocusReturn()
  return (
    <>
      <div className="fade fixed inset-0 z-40 bg-veil md:hidden" />
      <Dialog.Content
        {...focusReturn}
        aria-describedby={undefined}
        className="fade fixed inset-y-0 start-0 z-50 w-72 max-w-[85vw] bg-sunken shadow-float md:hidden"
      >
        <Dialog.Title className="sr-only">{t('app.navigation')}</Dialog.Title>
        <Sidebar />
      </Dialog.Content>
    </>
  )
}
