import { FileCheck2, FileClock, FileX2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { tokensOf, type ReceiptView } from '../../node/contract/usage.ts'
import { Badge, type BadgeTone } from '../components/badge.tsx'
import { Row } from '../components/layout/row-list.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { formatNumber, formatSeconds, formatWhen } from '../locales/format.ts'
import { machineLabel } from '../locales/names.ts'
import { useSlice } from '../state/slices.ts'

const pictures = { countersigned: FileCheck2, 'half-signed': FileClock, 'gateway-attested': FileX2 } as const
const tones: Record<ReceiptView['outcome'], BadgeTone> = {
  complete: 'own',
  length: 'plain',
  stopped: 'plain',
  failed: 'danger',
  lost: 'caution',
}

/** Below this, seconds with one decimal would read as none. */
const shortestMs = 50

/** One answer: what it cost, who asked whom, and whether both sides agree. */
export function ReceiptRow({
  receipt,
  isOwnAccount,
}: {
  readonly receipt: ReceiptView
  readonly isOwnAccount: boolean
}) {
  const { t } = useTranslation()
  const asker = receipt.accountName === '' ? t('usage.groupUnknown') : receipt.accountName
  const { current } = useSlice('account')
  const owner = receipt.machineAccountName === current?.username ? '' : receipt.machineAccountName
  const machine = receipt.machineName === '' ? t('usage.groupUnknown') : machineLabel(receipt.machineName, owner)
  const through =
    receipt.keyId === null
      ? t('usage.receipt.fromChat')
      : receipt.keyName === ''
        ? t('usage.receipt.fromSomeKey')
        : t('usage.receipt.fromKey', { name: receipt.keyName })
  const who = isOwnAccount ? t('usage.receipt.askedByYou', { through }) : t('usage.receipt.asked', { asker, through })
  const clockMinutes = Math.round(Math.abs(receipt.clockOffMs ?? 0) / 60_000)
  const costs = [
    t('usage.receipt.tokens', {
      prompt: formatNumber(receipt.promptTokens),
      completion: formatNumber(receipt.completionTokens),
    }),
    receipt.durationMs < shortestMs ? t('usage.receipt.atOnce') : formatSeconds(receipt.durationMs),
    receipt.countedBy === 'stream' ? t('usage.receipt.estimated') : null,
    receipt.seams > 0 ? t('usage.receipt.seams', { count: receipt.seams }) : null,
  ]
  return (
    <Row
      icon={<IconTile icon={pictures[receipt.state]} tone={receipt.state === 'countersigned' ? 'own' : 'plain'} />}
      title={
        <>
          <span className="min-w-0 break-all">{receipt.model}</span>
          <Badge tone={tones[receipt.outcome]}>{t(`usage.receipt.outcome.${receipt.outcome}`)}</Badge>
        </>
      }
      text={
        <>
          <p>
            {who} · {t('usage.receipt.answeredBy', { machine })}
          </p>
          <p className="tabular-nums">{costs.filter((cost) => cost !== null).join(' · ')}</p>
          {receipt.said !== null && (
            <p className="text-caution-ink">
              {t('usage.receipt.said', {
                machine,
                said: formatNumber(tokensOf(receipt.said)),
                counted: formatNumber(tokensOf(receipt)),
              })}
            </p>
          )}
        </>
      }
      actions={
        <div className="flex flex-col items-end gap-0.5 text-caption text-ink-faint">
          <time dateTime={new Date(receipt.finishedAtMs).toISOString()}>{formatWhen(receipt.finishedAtMs)}</time>
          <span>{t(`usage.receipt.state.${receipt.said === null ? receipt.state : 'doubted'}`)}</span>
          {receipt.clockOffMs !== null && (
            <span>
              {t(receipt.clockOffMs > 0 ? 'usage.receipt.clockAhead' : 'usage.receipt.clockBehind', {
                count: clockMinutes,
              })}
            </span>
          )}
        </div>
      }
    />
  )
}
