import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiKey } from '../../../node/contract/keys.ts'
import { Button } from '../../components/button.tsx'
import { Callout } from '../../components/layout/callout.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { TextArea } from '../../components/forms/text-area.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { useSlice } from '../../state/slices.ts'
import { modelsOfPool } from '../pool-models.ts'
import { TakenPortNote } from '../taken-port-note.tsx'
import { SnippetTabs } from './snippet-tabs.tsx'

interface KeySecretDialogProps {
  readonly title: string
  readonly apiKey: ApiKey
  readonly plainKey: string
  readonly onClose: () => void
}

/** The key itself, once, with what to paste into a program. Closing before it was copied asks first. */
export function KeySecretDialog({ title, apiKey, plainKey, onClose }: KeySecretDialogProps) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  const [isWarned, setWarned] = useState(false)
  const { url } = useSlice('api')
  const offered = modelsOfPool(useSlice('machines'), useSlice('models').local, apiKey.poolId)
  const model = apiKey.allowedModels?.[0] ?? offered[0] ?? t('keys.sampleModel')

  function close(): void {
    if (isCopied || isWarned) onClose()
    else setWarned(true)
  }

  return (
    <Dialog
      isOpen
      isWide
      onClose={close}
      title={title}
      description={t('keys.onceText')}
      actions={
        <Button variant={isWarned && !isCopied ? 'secondary' : 'primary'} onClick={close}>
          {isWarned && !isCopied ? t('keys.closeAnyway') : t('keys.onceDone')}
        </Button>
      }
    >
      <div className="flex flex-wrap items-end gap-3">
        <TextArea
          label={t('keys.onceLabel')}
          className="min-w-56 flex-1"
          isOneWord
          rows={2}
          value={plainKey}
          onCopy={() => {
            setCopied(true)
          }}
        />
        <CopyButton
          text={plainKey}
          label={t('keys.copyKey')}
          look="primary"
          size="medium"
          onCopied={() => {
            setCopied(true)
          }}
        />
      </div>
      <div role="alert" className="empty:hidden">
        {isWarned && !isCopied && <Callout tone="caution">{t('keys.notCopied')}</Callout>}
      </div>
      <TakenPortNote />
      {url === null ? (
        <Callout>{t('keys.snippetsOff')}</Callout>
      ) : (
        <SnippetTabs
          target={{ url, plainKey, model }}
          onCopied={() => {
            setCopied(true)
          }}
        />
      )}
    </Dialog>
  )
}
