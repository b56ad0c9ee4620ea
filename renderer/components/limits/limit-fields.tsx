import { useTranslation } from 'react-i18next'
import type { LimitName } from '../../../node/contract/limits.ts'
import { formatNumber } from '../../locales/format.ts'
import { Disclosure } from '../disclosure.tsx'
import { TextField } from '../forms/field.tsx'
import { largestLimit, readLimit, type LimitTexts } from './limit-draft.ts'

/** The two that most people want; the rest waits behind "More limits". */
const simpleNames = ['requestsPerMinute', 'tokensPerDay'] as const satisfies readonly LimitName[]
const moreNames = [
  'requestsPerHour',
  'tokensPerHour',
  'requestsPerDay',
  'tokensPerMinute',
  'requestsPerMonth',
  'tokensPerMonth',
  'concurrentRequests',
] as const satisfies readonly Exclude<LimitName, (typeof simpleNames)[number]>[]

interface LimitFieldsProps {
  readonly limits: LimitTexts
  /** Whether what is no limit is called so beside its field. */
  readonly areMistakesShown: boolean
  readonly onChange: (limits: LimitTexts) => void
}

/** Limits to type in, the simple ones first. An empty field is no limit. */
export function LimitFields({ limits, areMistakesShown, onChange }: LimitFieldsProps) {
  const { t } = useTranslation()
  const isMoreUsed = moreNames.some((name) => limits[name] !== '')

  function fieldsOf(names: readonly LimitName[]) {
    return names.map((name) => (
      <TextField
        key={name}
        label={t(`limits.name.${name}`)}
        type="number"
        inputMode="numeric"
        min={1}
        max={largestLimit}
        step={1}
        placeholder={t('limits.none')}
        mistake={
          areMistakesShown && readLimit(limits[name]) === null
            ? t('mistakes.wholeNumber', { max: formatNumber(largestLimit) })
            : null
        }
        value={limits[name]}
        onChange={(text) => {
          onChange({ ...limits, [name]: text })
        }}
      />
    ))
  }

  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 font-medium">{t('limits.title')}</legend>
      <p className="text-small text-ink-faint">{t('limits.hint')}</p>
      <div className="grid gap-4 sm:grid-cols-2">{fieldsOf(simpleNames)}</div>
      <Disclosure label={t('limits.more')} isOpen={isMoreUsed}>
        <div className="grid gap-4 sm:grid-cols-2">{fieldsOf(moreNames)}</div>
      </Disclosure>
    </fieldset>
  )
}
