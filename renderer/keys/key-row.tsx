import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../node/contract/keys.ts'
import { Badge, type BadgeTone } from '../components/badge.tsx'
import { Row } from '../components/layout/row-list.tsx'
import { Disclosure } from '../components/disclosure.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { LimitMeter } from '../components/limits/limit-meter.tsx'
import { notify, notifyProblem } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'
import { EditKeyDialog } from './form/edit-key-dialog.tsx'
import { KeyFacts } from './key-facts.tsx'
import { KeyMenu, type KeyAction } from './key-menu.tsx'
import { KeyUsage } from './key-usage.tsx'
import { RevokeKeyDialog } from './revoke-key-dialog.tsx'
import { RotateKeyDialog } from './secret/rotate-key-dialog.tsx'
import { TakeHomeDialog } from './take-home-dialog.tsx'

const tones: Record<ApiKey['state'], BadgeTone> = {
  enabled: 'own',
  disabled: 'plain',
  revoked: 'danger',
  expired: 'caution',
}

const dialogs = {
  edit: EditKeyDialog,
  rotate: RotateKeyDialog,
  revoke: RevokeKeyDialog,
  takeHome: TakeHomeDialog,
} as const satisfies Record<KeyAction, unknown>

/** One key: what it is, how its limits stand, and what can be done with it. */
export function KeyRow({ apiKey, nowMs }: { readonly apiKey: ApiKey; readonly nowMs: number }) {
  const { t } = useTranslation()
  const [action, setAction] = useState<KeyAction | null>(null)
  const { run } = useCall('key.setEnabled')
  const isLive = apiKey.state === 'enabled' || apiKey.state === 'disabled'
  const isCountOnly = apiKey.limitMode === 'shadow'
  const { name } = apiKey

  async function switchOver(): Promise<void> {
    const isEnabled = apiKey.state !== 'enabled'
    const result = await run({ keyId: apiKey.keyId, isEnabled })
    if (result.ok) notify(t(isEnabled ? 'keys.enabled' : 'keys.disabled', { name }))
    else notifyProblem(result.error)
  }

  const ActionDialog = action === null ? null : dialogs[action]
  return (
    <Row
      icon={<IconTile icon={KeyRound} tone={apiKey.state === 'enabled' ? 'own' : 'plain'} />}
      title={
        <>
          <span className="min-w-0 break-words">{name}</span>
          <Badge tone={tones[apiKey.state]}>{t(`keys.state.${apiKey.state}`)}</Badge>
          {isLive && isCountOnly && <Badge tone="caution">{t('keys.countsOnly')}</Badge>}
        </>
      }
      text={<KeyFacts apiKey={apiKey} nowMs={nowMs} />}
      actions={<KeyMenu apiKey={apiKey} onAction={setAction} onSwitch={() => void switchOver()} />}
    >
      {isLive && (
        <div className="flex flex-col gap-3 sm:ps-13.5">
          {apiKey.limitStates.length === 0 ? (
            <p className="text-small text-ink-faint">{t('limits.unlimited')}</p>
          ) : (
            <div className="grid grid-cols-[repeat(auto-fill,minmax(min(15rem,100%),1fr))] gap-x-6 gap-y-3">
              {apiKey.limitStates.map((state) => (
                <LimitMeter key={state.name} state={state} nowMs={nowMs} isCountOnly={isCountOnly} />
              ))}
            </div>
          )}
          <Disclosure label={t('keys.usage')}>
            <KeyUsage apiKey={apiKey} />
          </Disclosure>
        </div>
      )}
      {ActionDialog !== null && (
        <ActionDialog
          apiKey={apiKey}
          onClose={() => {
            setAction(null)
          }}
        />
      )}
    </Row>
  )
}
