import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { apiHostSchema, apiOriginSchema, maxApiGuests } from '../../node/contract/api-guests.ts'
import { Button } from '../components/button.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { Form } from '../components/forms/form.tsx'
import { TextArea } from '../components/forms/text-area.tsx'
import { notify } from '../state/notices.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'

const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim().toLowerCase())
      .filter((line) => line !== ''),
  ),
]

/** Who may reach the local address beside programs of this computer: names of it, and origins of pages. */
export function GuestsForm() {
  const { t } = useTranslation()
  const { apiHosts = [], apiOrigins = [] } = useSlice('settings')
  const [hosts, setHosts] = useState(apiHosts.join('\n'))
  const [origins, setOrigins] = useState(apiOrigins.join('\n'))
  // What is wrong is said once somebody wants to save, and then as they type.
  const [isChecked, setChecked] = useState(false)
  const { run, isBusy, error } = useCall('settings.update')
  const next = { apiHosts: linesOf(hosts), apiOrigins: linesOf(origins) }
  const mistakes = {
    hosts: mistakeIn(next.apiHosts, (line) => apiHostSchema.safeParse(line).success),
    origins: mistakeIn(next.apiOrigins, (line) => apiOriginSchema.safeParse(line).success),
  }

  function mistakeIn(lines: readonly string[], isValid: (line: string) => boolean): string | null {
    const entry = lines.find((line) => !isValid(line))
    if (entry !== undefined) return t('keys.api.guestInvalid', { entry })
    return lines.length > maxApiGuests ? t('keys.api.guestsTooMany', { max: maxApiGuests }) : null
  }

  async function save(): Promise<void> {
    const result = await run(next)
    if (result.ok) notify(t('keys.api.guestsSaved'))
  }

  function submit(): void {
    setChecked(true)
    if (mistakes.hosts === null && mistakes.origins === null) void save()
  }

  const fieldOf = (mistake: string | null, hint: string) => ({
    hint: isChecked && mistake !== null ? mistake : hint,
    'aria-invalid': (isChecked && mistake !== null) || undefined,
    rows: 3,
    className: 'max-w-120',
  })

  return (
    <Form canSubmit={!isBusy} onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-small text-ink-soft">{t('keys.api.guestsText')}</p>
      <TextArea
        label={t('keys.api.hostsLabel')}
        {...fieldOf(mistakes.hosts, t('keys.api.hostsHint'))}
        value={hosts}
        onChange={setHosts}
      />
      <TextArea
        label={t('keys.api.originsLabel')}
        {...fieldOf(mistakes.origins, t('keys.api.originsHint'))}
        value={origins}
        onChange={setOrigins}
      />
      <Button type="submit" className="self-start" isBusy={isBusy}>
        {t('keys.api.guestsAction')}
      </Button>
      <ErrorNote error={error} />
    </Form>
  )
}
