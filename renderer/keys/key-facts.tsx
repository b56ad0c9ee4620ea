import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../node/contract/keys.ts'
import { formatDate, formatList, formatRelative } from '../locales/format.ts'
import { useDeviceName } from './use-device-name.ts'

const justNowMs = 60_000

/** What a key may do, until when, and when it was used. */
export function KeyFacts({ apiKey, nowMs }: { readonly apiKey: ApiKey; readonly nowMs: number }) {
  const { t } = useTranslation()
  const home = useDeviceName(apiKey.homeDeviceId) ?? t('keys.homeUnknown')
  const isLive = apiKey.state === 'enabled' || apiKey.state === 'disabled'
  const extraScopes = apiKey.scopes.filter((scope) => scope !== 'inference')
  const used = apiKey.lastUsedAtMs
  const lastUse =
    used === null
      ? t('keys.neverUsed')
      : nowMs - used < justNowMs
        ? t('keys.usedNow')
        : t('keys.lastUsed', { when: formatRelative(used, nowMs) })
  const facts = [
    apiKey.allowedModels === null ? t('keys.factAllModels') : formatList(apiKey.allowedModels),
    apiKey.scopes.includes('inference') ? null : t('keys.factNoInference'),
    ...extraScopes.map((scope) => t(`keys.scopeFact.${scope}`)),
    lastUse,
    apiKey.expiresAtMs === null
      ? null
      : t(apiKey.expiresAtMs <= nowMs ? 'keys.ended' : 'keys.ends', { when: formatDate(apiKey.expiresAtMs) }),
    isLive && apiKey.overlapUntilMs !== null && apiKey.overlapUntilMs > nowMs
      ? t('keys.overlap', { when: formatRelative(apiKey.overlapUntilMs, nowMs) })
      : null,
    isLive && !apiKey.isHomeHere ? t('keys.countedOn', { machine: home }) : null,
  ]
  return (
    <span className="flex flex-col gap-0.5">
      <code className="font-mono break-all text-ink-faint">{apiKey.masked}</code>
      <span>{facts.filter((fact) => fact !== null).join(' · ')}</span>
    </span>
  )
}
