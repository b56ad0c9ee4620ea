import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Member, Pool } from '../../node/contract/state.ts'
import { FormDialog } from '../components/forms/form-dialog.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { SelectField } from '../components/forms/select-field.tsx'
import { notify } from '../state/notices.ts'
import { useCall } from '../state/use-call.ts'

interface HandOverPoolDialogProps {
  readonly pool: Pool
  readonly onClose: () => void
}

/** Makes another member the owner, after saying what that means for both. */
export function HandOverPoolDialog({ pool, onClose }: HandOverPoolDialogProps) {
  const { t } = useTranslation()
  const candidates = pool.members.filter(canTakeOver)
  const [chosen, setChosen] = useState('')
  const [password, setPassword] = useState('')
  const { run, isBusy, error } = useCall('pool.handOver')
  const next = candidates.find(({ accountId }) => accountId === chosen) ?? candidates[0]

  async function handOver(): Promise<void> {
    if (next === undefined) return
    const result = await run({ poolId: pool.poolId, accountId: next.accountId, password })
    if (!result.ok) return
    onClose()
    notify(t('pool.handOverDone', { name: next.username, pool: pool.name }))
  }

  return (
    <FormDialog
      title={t('pool.handOverTitle', { pool: pool.name })}
      description={next === undefined ? t('pool.handOverNobody') : t('pool.handOverText', { name: next.username })}
      action={t('pool.handOverAction')}
      isDangerous
      isReady={next !== undefined && password !== ''}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void handOver()}
      onClose={onClose}
    >
      {next !== undefined && (
        <>
          <SelectField
            label={t('pool.handOverTo')}
            value={next.accountId}
            onChange={setChosen}
            options={candidates.map(({ accountId, username, tag }) => ({
              value: accountId,
              label: isNameTwice(candidates, username) ? `${username} (${tag})` : username,
            }))}
          />
          <PasswordField
            label={t('pool.ownPassword')}
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
          />
        </>
      )}
    </FormDialog>
  )
}

/** Guests cannot, and neither can whoever is not confirmed yet. */
function canTakeOver({ isSelf, role, state }: Member): boolean {
  return !isSelf && state === 'active' && (role === 'member' || role === 'admin')
}

function isNameTwice(members: readonly Member[], name: string): boolean {
  return members.filter(({ username }) => username === name).length > 1
}
