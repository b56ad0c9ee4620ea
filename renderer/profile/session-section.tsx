import { AppWindow, SquareTerminal, Waypoints, type LucideIcon } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { SessionView } from '../../node/contract/accounts.ts'
import { Button } from '../components/button.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { formatDateTime, formatRelative } from '../locales/format.ts'
import { notifyProblem } from '../state/notices.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { useNow } from '../state/use-now.ts'

const icons: Record<SessionView['kind'], LucideIcon> = { window: AppWindow, command: SquareTerminal, http: Waypoints }

function SessionRow({ session, nowMs }: { readonly session: SessionView; readonly nowMs: number }) {
  const { t } = useTranslation()
  const end = useCall('session.end')
  const name = t(`profile.session.${session.kind}`)
  const since = formatDateTime(session.startedAtMs)

  async function doEnd(): Promise<void> {
    const result = await end.run({ sessionId: session.sessionId })
    if (!result.ok) notifyProblem(result.error)
  }

  return (
    <Row
      icon={<IconTile icon={icons[session.kind]} tone="plain" />}
      title={name}
      text={[
        t('profile.sessionSince', { when: since }),
        t('profile.sessionSeen', { when: formatRelative(Math.min(session.seenAtMs, nowMs - 1_000), nowMs) }),
      ].join(' · ')}
      actions={
        session.kind !== 'window' && (
          <Button
            size="small"
            aria-label={t('profile.sessionEndNamed', { name, when: since })}
            isBusy={end.isBusy}
            onClick={() => void doEnd()}
          >
            {t('profile.sessionEnd')}
          </Button>
        )
      }
    />
  )
}

/** What is logged in to the account on this computer. */
export function SessionSection() {
  const { t } = useTranslation()
  const { current } = useSlice('account')
  const nowMs = useNow(10_000)
  if (current === null || current.sessions.length === 0) return null
  return (
    <Section title={t('profile.sessions')} text={t('profile.sessionsText')}>
      <RowList label={t('profile.sessions')}>
        {current.sessions.map((session) => (
          <SessionRow key={session.sessionId} session={session} nowMs={nowMs} />
        ))}
      </RowList>
    </Section>
  )
}
