import { useTranslation } from 'react-i18next'
import { Checkbox } from '../../components/forms/checkbox.tsx'
import { ChoiceGroup } from '../../components/forms/choice-group.tsx'

interface ModelFieldsProps {
  /** Models that can be asked in the pool now. */
  readonly offered: readonly string[]
  /** Null allows all. */
  readonly chosen: readonly string[] | null
  readonly mistake: string | null
  readonly onChange: (chosen: readonly string[] | null) => void
}

/** Which models a key may ask: all, or those that are ticked. */
export function ModelFields({ offered, chosen, mistake, onChange }: ModelFieldsProps) {
  const { t } = useTranslation()
  // A model that was allowed and is not offered now can still be seen and taken away.
  const names = [...new Set([...offered, ...(chosen ?? [])])]
  return (
    <div className="flex flex-col gap-3">
      <ChoiceGroup
        label={t('keys.models')}
        mistake={mistake}
        value={chosen === null ? 'all' : 'some'}
        options={[
          { value: 'all', label: t('keys.modelsAll') },
          { value: 'some', label: t('keys.modelsSome') },
        ]}
        onChange={(value) => {
          onChange(value === 'all' ? null : [])
        }}
      />
      {chosen !== null && (
        <fieldset className="forced-edge flex max-h-52 flex-col gap-1 overflow-y-auto rounded-control border border-line px-3 py-2">
          <legend className="sr-only">{t('keys.modelsSome')}</legend>
          {names.length === 0 && <p className="text-small text-ink-soft">{t('keys.modelsNone')}</p>}
          {names.map((name) => (
            <Checkbox
              key={name}
              label={name}
              hint={offered.includes(name) ? undefined : t('keys.modelAway')}
              isChecked={chosen.includes(name)}
              onChange={(isChecked) => {
                onChange(isChecked ? [...chosen, name] : chosen.filter((one) => one !== name))
              }}
            />
          ))}
        </fieldset>
      )}
    </div>
  )
}
