import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { poolIdSchema } from '../../node/contract/ids.ts'
import type { UsageGrouping } from '../../node/contract/usage.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/layout/card.tsx'
import { ChoiceGroup } from '../components/forms/choice-group.tsx'
import { SelectField } from '../components/forms/select-field.tsx'
import { useSlice } from '../state/slices.ts'
import { chooseUsage, type UsageChoice } from '../state/usage-choice.ts'

const groupings: readonly UsageGrouping[] = ['none', 'model', 'key', 'account', 'machine']
const allPools = 'all'

function KeyFilter({ keyId }: { readonly keyId: NonNullable<UsageChoice['keyId']> }) {
  const { t } = useTranslation()
  const name = useSlice('keys').find((key) => key.keyId === keyId)?.name ?? t('usage.groupKeyGone')
  return (
    <div className="flex flex-col gap-1.5">
      <span className="text-small font-medium">{t('usage.onlyKeyLabel')}</span>
      <Button
        aria-label={t('usage.onlyKeyRemove', { name })}
        className="max-w-full justify-between!"
        onClick={() => {
          chooseUsage({ keyId: null })
        }}
      >
        <span className="truncate">{name}</span>
        <X aria-hidden size={16} className="shrink-0" />
      </Button>
    </div>
  )
}

/** What is shown: whose answers, how long back, and added up by what. */
export function UsageChoices({ choice }: { readonly choice: UsageChoice }) {
  const { t } = useTranslation()
  const pools = useSlice('pools')
  return (
    <Card className="flex flex-col gap-4 p-5">
      <ChoiceGroup
        label={t('usage.directionLabel')}
        value={choice.direction}
        options={(['consumed', 'served'] as const).map((value) => ({ value, label: t(`usage.direction.${value}`) }))}
        onChange={(direction) => {
          // A key says who asked; there is none behind answers given.
          chooseUsage(direction === 'served' ? { direction, keyId: null } : { direction })
        }}
      />
      <div className="flex flex-wrap gap-x-6 gap-y-4">
        <ChoiceGroup
          label={t('usage.grainLabel')}
          value={choice.grain}
          options={(['hour', 'day', 'month'] as const).map((value) => ({
            value,
            label: t(`usage.spanShort.${value}`),
          }))}
          onChange={(grain) => {
            chooseUsage({ grain })
          }}
        />
        <ChoiceGroup
          label={t('usage.measureLabel')}
          value={choice.measure}
          options={(['answers', 'tokens'] as const).map((value) => ({ value, label: t(`usage.measure.${value}`) }))}
          onChange={(measure) => {
            chooseUsage({ measure })
          }}
        />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        {choice.keyId === null ? (
          <SelectField
            label={t('usage.groupLabel')}
            value={choice.groupBy}
            options={groupings.map((value) => ({ value, label: t(`usage.groupBy.${value}`) }))}
            onChange={(groupBy) => {
              chooseUsage({ groupBy })
            }}
          />
        ) : (
          <KeyFilter keyId={choice.keyId} />
        )}
        <SelectField
          label={t('usage.poolLabel')}
          value={choice.poolId ?? allPools}
          options={[
            { value: allPools, label: t('usage.poolAll') },
            ...pools.map((pool) => ({ value: pool.poolId, label: pool.name })),
          ]}
          onChange={(value) => {
            chooseUsage({ poolId: value === allPools ? null : poolIdSchema.parse(value) })
          }}
        />
      </div>
    </Card>
  )
}
