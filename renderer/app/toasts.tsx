import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { Toast } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../components/icon-button.tsx'
import { dismissNotice, useNotices } from '../state/notices.ts'

const plainMs = 6_000
const problemMs = 14_000

/** Notices that come and go. Each is announced, waits while looked at, and can be sent away. */
export function Toasts() {
  const { t } = useTranslation()
  const { shown } = useNotices()
  return (
    <Toast.Provider swipeDirection="up" label={t('app.name')}>
      {shown.map((notice) => (
        <Toast.Root
          key={notice.id}
          type="background"
          duration={notice.tone === 'problem' ? problemMs : plainMs}
          onOpenChange={(isOpen) => {
            if (!isOpen) dismissNotice(notice.id)
          }}
          className="rise forced-edge flex items-start gap-3 rounded-card border border-line bg-raised py-3 ps-4 pe-2 shadow-float"
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
      <Toast.Viewport
        label={t('app.notices', { hotkey: '{hotkey}' })}
        className="fixed inset-x-0 top-3 z-50 mx-auto flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2"
      />
    </Toast.Provider>
  )
}
