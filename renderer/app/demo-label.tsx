import { Laptop, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useSlice } from '../state/slices.ts'

/** Says which of the two practice windows this is. */
export function DemoLabel() {
  const { t } = useTranslation()
  const { demoRole } = useSlice('runtime')
  if (demoRole === 'none') return null
  const isFirst = demoRole === 'first'
  const Icon = isFirst ? Laptop : UserRound
  return (
    <aside
      aria-label={t('app.demoRegion')}
      className={`flex flex-wrap items-center justify-center gap-x-2 px-4 py-1.5 text-small ${isFirst ? 'bg-accent-soft text-accent-ink' : 'bg-friend-soft text-friend-ink'}`}
    >
      <Icon aria-hidden size={15} />
      <strong className="font-semibold">{isFirst ? t('app.demoFirst') : t('app.demoSecond')}</strong>
      <span>{t('app.demoExplained')}</span>
    </aside>
  )
}
