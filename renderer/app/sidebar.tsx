import { Boxes, ChartColumn, KeyRound, Radio, Settings, SquarePen, Users, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ChatList } from '../chat/list/chat-list.tsx'
import { startChat } from '../chat/start-chat.ts'
import { Button } from '../components/button.tsx'
import { Mark } from '../components/mark.tsx'
import { goTo, useNavigation, type View } from '../state/navigation.ts'
import { useSlice } from '../state/slices.ts'
import { AccountFooter } from './account-footer.tsx'

const places: readonly { readonly view: Exclude<View, 'chat' | 'account'>; readonly icon: LucideIcon }[] = [
  { view: 'share', icon: Radio },
  { view: 'keys', icon: KeyRound },
  { view: 'usage', icon: ChartColumn },
  { view: 'pool', icon: Users },
  { view: 'models', icon: Boxes },
  { view: 'settings', icon: Settings },
]

function SharingState() {
  const { t } = useTranslation()
  const { isEnabled } = useSlice('sharing')
  return (
    <span
      className={`forced-edge rounded-full px-2 text-caption font-medium ${isEnabled ? 'bg-accent-soft text-accent-ink' : 'bg-hover text-ink-soft'}`}
    >
      {isEnabled ? t('nav.sharingOn') : t('nav.sharingOff')}
    </span>
  )
}

/** Chats above, places below, and who and where you are at the foot. */
export function Sidebar() {
  const { t } = useTranslation()
  const view = useNavigation((navigation) => navigation.view)
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 overflow-y-auto py-4">
      <div className="flex items-center gap-2.5 px-5">
        <Mark size={24} />
        <span className="text-lead font-semibold tracking-tight">{t('app.name')}</span>
      </div>
      <div className="px-3">
        <Button
          className="w-full justify-start!"
          icon={<SquarePen aria-hidden size={17} className="text-accent" />}
          onClick={() => {
            startChat()
          }}
        >
          {t('chat.new')}
        </Button>
      </div>
      <ChatList />
      <nav aria-label={t('app.navigation')} className="px-3">
        <ul className="flex flex-col gap-0.5">
          {places.map(({ view: place, icon: Icon }) => (
            <li key={place}>
              <button
                type="button"
                aria-current={view === place ? 'page' : undefined}
                className="flex min-h-9 w-full items-center gap-3 rounded-control px-3 text-small font-medium text-ink-soft transition-colors hover:bg-hover hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent-ink"
                onClick={() => {
                  goTo(place)
                }}
              >
                <Icon aria-hidden size={17} />
                <span className="flex-1 text-start">{t(`nav.${place}`)}</span>
                {place === 'share' && <SharingState />}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <AccountFooter />
    </div>
  )
}
