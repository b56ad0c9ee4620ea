import { useTranslation } from 'react-i18next'
import type { KithError } from '../../node/contract/errors.ts'
import type { ApiKey } from '../../node/contract/keys.ts'
import { ErrorNote } from '../components/error-note.tsx'
import { RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { Disclosure } from '../components/disclosure.tsx'
import { useNow } from '../state/use-now.ts'
import { KeyRow } from './key-row.tsx'

interface KeyListProps {
  /** The pool the keys belong to. */
  readonly title: string
  readonly keys: readonly ApiKey[]
  /** Why none of them works, where the pool itself is closed to this account. */
  readonly refusal?: KithError | null
}

/** Often enough for limits of a minute. */
const clockMs = 1_000

function isOver({ state }: ApiKey): boolean {
  return state === 'revoked' || state === 'expired'
}

/** The keys of one pool, newest first; those that have ended come last and folded away. */
export function KeyList({ title, keys, refusal = null }: KeyListProps) {
  const { t } = useTranslation()
  const nowMs = useNow(clockMs)
  const sorted = [...keys].sort((first, second) => second.createdAtMs - first.createdAtMs)
  const live = sorted.filter((key) => !isOver(key))
  const over = sorted.filter(isOver)
  return (
    <Section title={title} text={t('keys.count', { count: live.length })}>
      <ErrorNote error={refusal} />
      {live.length > 0 && (
        <RowList label={t('keys.listOf', { pool: title })}>
          {live.map((key) => (
            <KeyRow key={key.keyId} apiKey={key} nowMs={nowMs} />
          ))}
        </RowList>
      )}
      {over.length > 0 && (
        <Disclosure label={t('keys.over', { count: over.length })}>
          <RowList label={t('keys.overOf', { pool: title })}>
            {over.map((key) => (
              <KeyRow key={key.keyId} apiKey={key} nowMs={nowMs} />
            ))}
          </RowList>
        </Disclosure>
      )}
    </Section>
  )
}
