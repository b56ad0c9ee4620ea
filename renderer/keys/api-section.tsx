import { Plug } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { AppState } from '../../node/contract/state.ts'
import { Badge } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { Card } from '../components/layout/card.tsx'
import { Section } from '../components/layout/section.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Disclosure } from '../components/disclosure.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { Spinner } from '../components/spinner.tsx'
import { Toggle } from '../components/forms/toggle.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { GuestsForm } from './guests-form.tsx'
import { PortForm } from './port-form.tsx'
import { TakenPortNote } from './taken-port-note.tsx'

const tones = { off: 'plain', starting: 'plain', running: 'own', failed: 'danger' } as const

function Address({ api }: { readonly api: AppState['api'] }) {
  const { t } = useTranslation()
  if (api.state === 'starting') {
    return (
      <p className="flex items-center gap-2 text-small text-ink-soft">
        <Spinner /> {t('keys.api.startingText')}
      </p>
    )
  }
  if (api.url === null) return null
  return (
    <div className="forced-edge flex items-center gap-2 rounded-control bg-sunken py-1.5 ps-3.5 pe-1.5">
      <code className="min-w-0 flex-1 font-mono text-body break-all select-all">{api.url}</code>
      <CopyButton text={api.url} label={t('keys.api.copy')} />
    </div>
  )
}

/** The address that programs on this computer talk to: its switch, its state and its port. */
export function ApiSection() {
  const { t } = useTranslation()
  const api = useSlice('api')
  const { isApiEnabled = true, apiPort = null } = useSlice('settings')
  const { run, isBusy, error } = useCall('settings.update')
  const isPortTaken = api.error?.code === 'port_taken'

  return (
    <Section title={t('keys.api.title')} text={t('keys.api.text')}>
      <Card className="flex flex-col gap-4 p-5">
        <div className="flex flex-wrap items-center gap-x-3.5 gap-y-3">
          <IconTile icon={Plug} tone={api.state === 'running' ? 'own' : 'plain'} />
          <div role="status" className="flex min-w-44 flex-1 flex-wrap items-center gap-x-2.5 gap-y-0.5">
            <span className="font-medium">{t('keys.api.address')}</span>
            <Badge tone={tones[api.state]}>{t(`keys.api.state.${api.state}`)}</Badge>
            {!isApiEnabled && <span className="w-full text-small text-ink-soft">{t('keys.api.offText')}</span>}
          </div>
          <Toggle
            label={t('keys.api.switch')}
            isOn={isApiEnabled}
            isBusy={isBusy}
            onChange={(next) => void run({ isApiEnabled: next })}
          />
        </div>
        {isApiEnabled && <Address api={api} />}
        {isApiEnabled && <TakenPortNote />}
        {isApiEnabled && (
          <ErrorNote
            error={api.error}
            action={
              <Button size="small" isBusy={isBusy} onClick={() => void run({ isApiEnabled: true })}>
                {t('app.tryAgain')}
              </Button>
            }
          />
        )}
        <ErrorNote error={error} />
        {/* Opens by itself where the port is what is wrong. */}
        <Disclosure key={String(isPortTaken)} label={t('keys.api.port')} isOpen={isPortTaken}>
          <PortForm key={apiPort ?? 0} port={apiPort} />
        </Disclosure>
        <Disclosure label={t('keys.api.guests')}>
          <GuestsForm />
        </Disclosure>
      </Card>
    </Section>
  )
}
