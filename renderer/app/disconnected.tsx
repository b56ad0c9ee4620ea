import { text } from '../locales/i18n.ts'

/** Shown when the page runs outside of Kith, where there is nobody to talk to. */
export function Disconnected() {
  return (
    <main className="flex h-full flex-col items-center justify-center gap-3 p-8 text-center">
      <h1 className="text-title font-semibold">{text.t('start.failed')}</h1>
      <p className="text-ink-soft">{text.t('start.failedHint')}</p>
    </main>
  )
}
