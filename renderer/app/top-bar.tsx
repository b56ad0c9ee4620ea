import { Menu as MenuIcon, SquarePen } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { startChat } from '../chat/start-chat.ts'
import { IconButton } from '../components/icon-button.tsx'
import { Mark } from '../components/mark.tsx'
import { setDrawerOpen } from '../state/navigation.ts'

/** Where the side bar has no room: narrow windows and large text. */
export function TopBar() {
  const { t } = useTranslation()
  return (
    <header className="flex items-center gap-2 border-b border-line bg-sunken px-3 py-1.5 md:hidden">
      <IconButton
        label={t('app.openMenu')}
        aria-haspopup="dialog"
        icon={<MenuIcon aria-hidden size={19} />}
        onClick={() => {
          setDrawerOpen(true)
        }}
      />
      <Mark size={20} />
      <span className="flex-1 font-semibold">{t('app.name')}</span>
      <IconButton
        label={t('chat.new')}
        icon={<SquarePen aria-hidden size={18} />}
        onClick={() => {
          startChat()
        }}
      />
    </header>
  )
}
