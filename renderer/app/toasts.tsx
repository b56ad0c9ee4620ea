import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { Toast } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { leaveAside } from '../components/focus/focus-return.ts'
import { IconButton } from '../components/icon-button.tsx'
import { dismissNotice, useNotices, type Notice } from '../state/notices.ts'

/** Long enough to be found and read twice. A problem stays until it is sent away, or its page is left. */
const plainMs = 10_000

function dismiss({ id }: Notice): void {
  const hadKeyboard = document.activeElement?.matches('[data-aside], [data-aside] *') === true
  dismissNotice(id)
  if (hadKeyboard) leaveAside()
}

/**
 * Notices of the page on screen, below it: they take room of their own and cover nothing.
 *
 * Each is announced, waits while it is looked at, and can be reached with the key F8 or as the last stop of Tab.
 */
export function Toasts() {
  const { t } = useTranslation()
  const { shown } = useNotices()
  return (
    <Toast.Provider swipeDirection="down" label={t('app.name')}>
      {shown.map((notice) => (
        <Toast.Root
          key={notice.id}
          type="background"
          duration={notice.tone === 'problem' ? Number.POSITIVE_INFINITY : plainMs}
          onOpenChange={(isOpen) => {
            if (!isOpen) dismiss(notice)
          }}
          className="forced-edge flex items-start gap-3 rounded-card border border-line bg-raised py-2 ps-4 pe-2 shadow-soft"
        >
          {notice.tone === 'problem' ? (
            <CircleAlert aria-hidden size={18} className="mt-0.5 shrink-0 text-danger" />
          ) : (
            <CircleCheck aria-hidden size={18} className="mt-0.5 shrink-0 text-accent" />
          )}
          <Toast.Description className="min-w-0 flex-1 text-small break-words">{notice.text}</Toast.Description>
          <Toast.Close asChild>
            <IconButton label={t('app.dismiss')} icon={<X aria-hidden size={16} />} className="-my-1" />
          </Toast.Close>
        </Toast.Root>
      ))}
      {/* In front of a dialog's veil, so that what fails in a dialog is read there. */}
      <Toast.Viewport
        data-aside
        label={t('app.notices', { hotkey: '{hotkey}' })}
        className="pointer-events-auto relative z-60 mx-auto flex max-h-[35vh] w-full max-w-3xl flex-col gap-2 overflow-y-auto px-4 outline-none not-empty:py-2"
      />
    </Toast.Provider>
  )
}
