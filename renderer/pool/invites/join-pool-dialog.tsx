import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallOutput } from '../../../node/contract/contract.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { ErrorNote } from '../../components/error-note.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { notify } from '../../state/notices.ts'
import { updateSettings } from '../../state/settings.ts'
import { useCall } from '../../state/use-call.ts'
import { InviteFacts } from './invite-facts.tsx'
import { InviteLinkForm, inviteLinkFormId } from './invite-link-form.tsx'

interface JoinPoolDialogProps {
  /** A link that was opened; it is looked at without asking. */
  readonly link: string | null
  readonly onClose: () => void
  readonly onJoined?: (poolId: PoolId) => void
}

/** Joins a pool: first the link, then what it says, then joining. */
export function JoinPoolDialog({ link: opened, onClose, onJoined }: JoinPoolDialogProps) {
  const { t } = useTranslation()
  const [link, setLink] = useState(opened ?? '')
  const [facts, setFacts] = useState<CallOutput<'pool.inspectInvite'> | null>(null)
  const inspect = useCall('pool.inspectInvite')
  const join = useCall('pool.join')
  const { run: runInspect } = inspect

  useEffect(() => {
    if (opened === null) return
    void runInspect({ link: opened }).then((result) => {
      if (result.ok) setFacts(result.value)
    })
  }, [opened, runInspect])

  async function look(): Promise<void> {
    const result = await inspect.run({ link: link.trim() })
    if (result.ok) setFacts(result.value)
  }

  async function joinPool(): Promise<void> {
    if (facts === null) return
    const result = await join.run({ link: link.trim() })
    if (!result.ok) return
    void updateSettings({ chatPoolId: result.value.poolId })
    notify(t('pool.joined', { name: facts.poolName }))
    onJoined?.(result.value.poolId)
    onClose()
  }

  function startOver(): void {
    setFacts(null)
    setLink('')
    join.clearError()
  }

  const isLookingAlone = opened !== null && facts === null && inspect.isBusy
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('pool.joinTitle')}
      description={facts === null ? t('pool.joinText') : t('pool.joinConsequence')}
      actions={
        facts === null ? (
          <>
            <Button onClick={onClose}>{t('app.cancel')}</Button>
            <Button
              type="submit"
              form={inviteLinkFormId}
              variant="primary"
              isBusy={inspect.isBusy}
              disabled={link.trim() === ''}
            >
              {t('pool.joinLook')}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={startOver}>{t('pool.joinOther')}</Button>
            <Button variant="primary" autoFocus isBusy={join.isBusy} onClick={() => void joinPool()}>
              {t('pool.joinAction')}
            </Button>
          </>
        )
      }
    >
      {isLookingAlone && (
        <p role="status" className="flex items-center gap-2 text-small text-ink-soft">
          <Spinner /> {t('pool.joinLooking')}
        </p>
      )}
      {facts === null && !isLookingAlone && (
        <InviteLinkForm link={link} onChange={setLink} onSubmit={() => void look()} />
      )}
      {facts !== null && <InviteFacts facts={facts} />}
      <ErrorNote error={inspect.error ?? join.error} />
    </Dialog>
  )
}
