import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallOutput } from '../../../node/contract/contract.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { Spinner } from '../../components/spinner.tsx'
import { notify } from '../../state/notices.ts'
import { updateSettings } from '../../state/settings.ts'
import { useCall } from '../../state/use-call.ts'
import { InviteFacts } from './invite-facts.tsx'
import { InviteLinkField } from './invite-link-field.tsx'

type Facts = CallOutput<'pool.inspectInvite'>

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
  const [facts, setFacts] = useState<Facts | null>(null)
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
    const result = await runInspect({ link: link.trim() })
    if (result.ok) setFacts(result.value)
  }

  async function joinPool({ poolName }: Facts): Promise<void> {
    const result = await join.run({ link: link.trim() })
    if (!result.ok) return
    void updateSettings({ chatPoolId: result.value.poolId })
    notify(t('pool.joined', { name: poolName }))
    onJoined?.(result.value.poolId)
    onClose()
  }

  function startOver(): void {
    setFacts(null)
    setLink('')
    join.clearError()
  }

  if (facts !== null) {
    return (
      <FormDialog
        title={t('pool.joinTitle')}
        description={t('pool.joinConsequence')}
        action={t('pool.joinAction')}
        focusesAction
        isBusy={join.isBusy}
        error={join.error}
        back={{ words: t('pool.joinOther'), onPress: startOver }}
        onSubmit={() => void joinPool(facts)}
        onClose={onClose}
      >
        <InviteFacts facts={facts} />
      </FormDialog>
    )
  }
  return (
    <FormDialog
      title={t('pool.joinTitle')}
      description={t('pool.joinText')}
      action={t('pool.joinLook')}
      isReady={link.trim() !== ''}
      isBusy={inspect.isBusy}
      // Looking at an invite changes nothing anywhere.
      canClose
      error={inspect.error}
      onSubmit={() => void look()}
      onClose={onClose}
    >
      {opened !== null && inspect.isBusy ? (
        <p role="status" className="flex items-center gap-2 text-small text-ink-soft">
          <Spinner /> {t('pool.joinLooking')}
        </p>
      ) : (
        <InviteLinkField link={link} onChange={setLink} />
      )}
    </FormDialog>
  )
}
