import { useTranslation } from 'react-i18next'
import { goTo, useNavigation } from '../state/navigation.ts'
import { useSlice } from '../state/slices.ts'

const dots = {
  stopped: 'bg-edge',
  starting: 'bg-edge breathe',
  online: 'bg-accent',
  offline: 'bg-danger',
  suspended: 'bg-edge',
} as const

/** Who is signed in and how the connection is, in words. */
export function AccountFooter() {
  const { t } = useTranslation()
  const { current } = useSlice('account')
  const network = useSlice('network')
  const isShown = useNavigation(({ view }) => view === 'account')
  if (current === null) return null
  const words = network.isDemo
    ? t('network.demo')
    : network.state === 'online'
      ? t('network.online', { count: network.connectedMachines })
      : t(`network.${network.state}`)
  return (
    <div className="mx-3 flex flex-col gap-1 border-t border-line pt-2">
      <button
        type="button"
        aria-current={isShown ? 'page' : undefined}
        aria-label={t('nav.accountOf', { name: current.username })}
        title={`${current.username} · ${current.tag}`}
        className="flex min-h-12 items-center gap-3 rounded-control px-2 text-start transition-colors hover:bg-hover aria-[current]:bg-accent-soft"
        onClick={() => {
          goTo('account')
        }}
      >
        <span
          aria-hidden
          className="forced-edge flex size-9 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent-ink uppercase"
        >
          {current.username.slice(0, 1)}
        </span>
        <span className="min-w-0 flex-1 truncate text-small font-medium">{current.username}</span>
      </button>
      <p role="status" className="flex items-start gap-1.5 px-2 text-caption text-ink-faint">
        <span aria-hidden className={`forced-fill mt-1 size-2 shrink-0 rounded-full ${dots[network.state]}`} />
        <span>{words}</span>
      </p>
    </div>
  )
}
