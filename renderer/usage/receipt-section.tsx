import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { useSlice } from '../state/slices.ts'
import { ReceiptRow } from './receipt-row.tsx'
import type { ShownUsage } from './use-usage.ts'

const shortList = 8

/** The newest receipts of what is shown. */
export function ReceiptSection({ shown }: { readonly shown: ShownUsage }) {
  const { t } = useTranslation()
  const { current } = useSlice('account')
  const [showsAll, setShowsAll] = useState(false)
  const { receipts } = shown
  const visible = showsAll ? receipts : receipts.slice(0, shortList)
  if (receipts.length === 0) return null
  return (
    <Section title={t('usage.receipts')} text={t('usage.receiptsText')}>
      <RowList label={t('usage.receipts')}>
        {visible.map((receipt) => (
          <ReceiptRow
            key={`${receipt.attemptId}-${receipt.direction}`}
            receipt={receipt}
            isOwnAccount={receipt.accountId === current?.accountId}
          />
        ))}
      </RowList>
      {receipts.length > shortList && (
        <Button
          className="self-start"
          aria-expanded={showsAll}
          onClick={() => {
            setShowsAll((shows) => !shows)
          }}
        >
          {showsAll ? t('usage.receiptsFewer') : t('usage.receiptsMore', { count: receipts.length - shortList })}
        </Button>
      )}
    </Section>
  )
}
