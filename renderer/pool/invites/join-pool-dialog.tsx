import { FileUp } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallOutput } from '../../../node/contract/contract.ts'
import type { PoolId } from '../../../node/contract/ids.ts'
import { inviteLinkIn } from '../../../node/contract/invite-text.ts'
import { Button } from '../../components/button.tsx'
import { FormDialog } from '../../components/forms/form-dialog.tsx'
import { missing } from '../../components/forms/text-mistakes.ts'
import { useMistakes } from '../../components/forms/use-mistakes.ts'
import { Spinner } from '../../components/spinner.tsx'
import { notify } from '../../state/notices.ts'
import { usePendingInvite } from '../../state/pending-invite.ts'
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

/** What is wrong with an invite is wrong with its link. */
const linkMistakes = {
  invite_malformed: 'link',
  invite_forged: 'link',
  invite_expired: 'link',
  version_mismatch: 'link',
} as const

/** Joins a pool: first the link or the file, then who invites to what, then joining. */
export function JoinPoolDialog({ link: opened, onClose, onJoined }: JoinPoolDialogProps) {
  const { t } = useTranslation()
  const [link, setLink] = useState(opened ?? '')
  const [facts, setFacts] = useState<Facts | null>(null)
  const [fileMistake, setFileMistake] = useState<string | null>(null)
  const inspect = useCall('pool.inspectInvite')
  const join = useCall('pool.join')
  const openText = useCall('host.openText')
  const { run: runInspect } = inspect
  const mistakes = useMistakes({ link: missing(link) }, { error: inspect.error, fields: linkMistakes })
  const isOvertaken = usePendingInvite((pending) => opened === null && pending.link !== null)

  // An invite that was dropped or opened meanwhile has a dialog of its own.
  useEffect(() => {
    if (isOvertaken) onClose()
  }, [isOvertaken, onClose])

  useEffect(() => {
    if (opened === null) return
    void runInspect({ link: opened }).then((result) => {
      if (result.ok) setFacts(result.value)
    })
  }, [opened, runInspect])

  async function look(text: string): Promise<void> {
    setFileMistake(null)
    const result = await runInspect({ link: text })
    if (result.ok) setFacts(result.value)
  }

  async function chooseFile(): Promise<void> {
    const chosen = await openText.run({})
    if (!chosen.ok || chosen.value.text === null) return
    const found = inviteLinkIn(chosen.value.text)
    if (found === null) {
      setFileMistake(t('pool.joinFileNone'))
      return
    }
    setLink(found)
    await look(found)
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
    const { inviter, poolName } = facts
    return (
      <FormDialog
        title={inviter === null ? t('pool.joinTitle') : t('pool.joinBy', { inviter, pool: poolName })}
        description={t('pool.joinConsequence')}
        action={t('pool.joinAction')}
        focusesAction
        isBusy={join.isBusy}
        error={join.error}
        back={{ words: t('pool.joinOther'), onPress: startOver }}
        onSubmit={() => joinPool(facts)}
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
      isBusy={inspect.isBusy}
      // Looking at an invite changes nothing anywhere.
      canClose
      error={mistakes.rest ?? openText.error}
      onSubmit={mistakes.before(() => look(link.trim()))}
      onClose={onClose}
    >
      {opened !== null && inspect.isBusy ? (
        <p role="status" className="flex items-center gap-2 text-small text-ink-soft">
          <Spinner /> {t('pool.joinLooking')}
        </p>
      ) : (
        <>
          <InviteLinkField link={link} mistake={fileMistake ?? mistakes.of('link')} onChange={setLink} />
          <Button
            className="self-start"
            icon={<FileUp aria-hidden size={17} />}
            isBusy={openText.isBusy}
            onClick={() => void chooseFile()}
          >
            {t('pool.joinFile')}
          </Button>
        </>
      )}
    </FormDialog>
  )
}
