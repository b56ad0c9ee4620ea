import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeyScope } from '../../../node/contract/keys.ts'
import { Checkbox } from '../../components/forms/checkbox.tsx'
import { Disclosure } from '../../components/disclosure.tsx'
import { TextField } from '../../components/forms/field.tsx'
import { SelectField } from '../../components/forms/select-field.tsx'
import { LimitFields } from '../../components/limits/limit-fields.tsx'
import { Mistake } from '../../components/forms/mistake.tsx'
import type { Mistakes } from '../../components/forms/use-mistakes.ts'
import { dateText, expiries, type DraftProblem, type KeyDraft } from './key-draft.ts'
import { ModelFields } from './model-fields.tsx'

const scopes: readonly KeyScope[] = ['inference', 'manage', 'metrics']

interface KeyFieldsProps {
  readonly draft: KeyDraft
  readonly mistakes: Mistakes<DraftProblem>
  readonly models: readonly string[]
  readonly onChange: (draft: KeyDraft) => void
}

type PartProps = Omit<KeyFieldsProps, 'models'>

function ExpiryFields({ draft, mistakes, onChange }: PartProps) {
  const { t } = useTranslation()
  const [today] = useState(() => dateText(Date.now()))
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t('keys.expiry')}
        value={draft.expiry}
        options={expiries.map((value) => ({ value, label: t(`keys.expiryOption.${value}`) }))}
        onChange={(expiry) => {
          onChange({ ...draft, expiry })
        }}
      />
      {draft.expiry === 'date' && (
        <TextField
          label={t('keys.expiryDate')}
          type="date"
          required
          min={today}
          value={draft.expiryDate}
          mistake={mistakes.of('expiry')}
          onChange={(expiryDate) => {
            onChange({ ...draft, expiryDate })
          }}
        />
      )}
    </div>
  )
}

function TimeZoneField({ draft, onChange }: Omit<PartProps, 'mistakes'>) {
  const { t } = useTranslation()
  const zones = [...new Set([draft.timeZone, ...Intl.supportedValuesOf('timeZone')])]
  return (
    <SelectField
      label={t('keys.timeZone')}
      hint={t('keys.timeZoneHint')}
      value={draft.timeZone}
      options={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
      onChange={(timeZone) => {
        onChange({ ...draft, timeZone })
      }}
    />
  )
}

function ScopeFields({ draft, mistakes, onChange }: PartProps) {
  const { t } = useTranslation()
  const mistakeId = useId()
  const mistake = mistakes.of('scopes')
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-small font-medium">{t('keys.scopes')}</legend>
      {scopes.map((scope, place) => (
        <Checkbox
          key={scope}
          mistakeId={place === 0 && mistake !== null ? mistakeId : undefined}
          label={t(`keys.scope.${scope}`)}
          hint={t(`keys.scopeHint.${scope}`)}
          isChecked={draft.scopes.includes(scope)}
          onChange={(isChecked) => {
            const others = draft.scopes.filter((one) => one !== scope)
            onChange({ ...draft, scopes: isChecked ? [...others, scope] : others })
          }}
        />
      ))}
      {mistake !== null && <Mistake id={mistakeId} text={mistake} />}
    </fieldset>
  )
}

/** What a person chooses about a key, simple things first. */
export function KeyFields({ draft, mistakes, models, onChange }: KeyFieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <ModelFields
        offered={models}
        chosen={draft.models}
        mistake={mistakes.of('models')}
        onChange={(chosen) => {
          onChange({ ...draft, models: chosen })
        }}
      />
      <LimitFields
        limits={draft.limits}
        areMistakesShown={mistakes.areShown}
        onChange={(limits) => {
          onChange({ ...draft, limits })
        }}
      />
      <Checkbox
        label={t('keys.countOnly')}
        hint={t('keys.countOnlyHint')}
        isChecked={draft.isCountOnly}
        onChange={(isCountOnly) => {
          onChange({ ...draft, isCountOnly })
        }}
      />
      <ExpiryFields draft={draft} mistakes={mistakes} onChange={onChange} />
      <Disclosure label={t('keys.moreOptions')}>
        <div className="flex flex-col gap-5">
          <TimeZoneField draft={draft} onChange={onChange} />
          <ScopeFields draft={draft} mistakes={mistakes} onChange={onChange} />
        </div>
      </Disclosure>
    </>
  )
}
