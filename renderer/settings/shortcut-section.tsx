import { useTranslation } from 'react-i18next'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'

function Keys({ keys }: { readonly keys: readonly string[] }) {
  return (
    <span className="flex gap-1">
      {keys.map((key) => (
        <kbd
          key={key}
          className="inline-flex min-h-6 min-w-6 items-center justify-center rounded-md border border-edge/60 bg-sunken px-1.5 font-sans text-caption"
        >
          {key}
        </kbd>
      ))}
    </span>
  )
}

/** The keys worth knowing. */
export function ShortcutSection() {
  const { t } = useTranslation()
  const command = navigator.userAgent.includes('Mac') ? t('settings.keyCommand') : t('settings.keyControl')
  const lines = [
    { action: t('settings.shortcutSend'), keys: [t('settings.keyEnter')] },
    { action: t('settings.shortcutLine'), keys: [t('settings.keyShift'), t('settings.keyEnter')] },
    { action: t('settings.shortcutStop'), keys: [t('settings.keyEscape')] },
    { action: t('settings.shortcutNew'), keys: [command, t('settings.keyN')] },
    { action: t('settings.shortcutSettings'), keys: [command, t('settings.keyComma')] },
  ]
  return (
    <Section title={t('settings.shortcuts')}>
      <Card className="px-5 py-2">
        <dl className="divide-y divide-line">
          {lines.map(({ action, keys }) => (
            <div key={action} className="flex flex-wrap items-center justify-between gap-3 py-2.5">
              <dt className="text-small">{action}</dt>
              <dd>
                <Keys keys={keys} />
              </dd>
            </div>
          ))}
        </dl>
      </Card>
    </Section>
  )
}
