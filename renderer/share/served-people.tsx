import { UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { AppState } from '../../node/contract/state.ts'
import { IconTile } from '../components/icon-tile.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'

/** Who is being answered, and who waits. Only other people: one's own questions need no explanation. */
export function ServedPeople({ serving }: { readonly serving: AppState['sharing']['serving'] }) {
  const { t } = useTranslation()
  if (serving.length === 0) return <p className="text-small text-ink-soft">{t('share.servingNobody')}</p>
  return (
    <RowList label={t('share.serving')}>
      {serving.map(({ accountId, name, activeAnswers, waitingAnswers }) => (
        <Row
          key={accountId}
          icon={<IconTile icon={UserRound} tone="friend" />}
          title={name}
          text={[
            activeAnswers > 0 ? t('share.servingActive', { count: activeAnswers }) : null,
            waitingAnswers > 0 ? t('share.servingWaiting', { count: waitingAnswers }) : null,
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        />
      ))}
    </RowList>
  )
}
