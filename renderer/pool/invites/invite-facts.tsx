import { useTranslation } from 'react-i18next'
import type { CallOutput } from '../../../node/contract/contract.ts'
import { formatDateTime } from '../../locales/format.ts'

/** What an invite says about itself, before anybody joins. */
export function InviteFacts({ facts }: { readonly facts: CallOutput<'pool.inspectInvite'> }) {
  const { t } = useTranslation()
  const lines = [
    ...(facts.inviter === null ? [] : [{ term: t('pool.joinInviter'), fact: facts.inviter }]),
    { term: t('pool.joinPool'), fact: facts.poolName },
    { term: t('pool.joinRole'), fact: `${t(`pool.role.${facts.role}`)}: ${t(`pool.roleExplained.${facts.role}`)}` },
    { term: t('pool.joinExpiry'), fact: formatDateTime(facts.expiresAtMs) },
  ]
  return (
    <dl className="forced-edge grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 rounded-control bg-sunken px-4 py-3.5">
      {lines.map(({ term, fact }) => (
        <div key={term} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-small text-ink-soft">{term}</dt>
          <dd className="font-medium break-words">{fact}</dd>
        </div>
      ))}
    </dl>
  )
}
