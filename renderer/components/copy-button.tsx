import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../bridge/kith.ts'
import { notify } from '../state/notices.ts'
import { Button, type ButtonProps } from './button.tsx'
import { IconButton } from './icon-button.tsx'

const shownMs = 2_000

interface CopyButtonProps {
  readonly text: string
  readonly label: string
  /** A picture only, or a button with words. */
  readonly look?: 'icon' | ButtonProps['variant']
  readonly size?: ButtonProps['size']
  readonly onCopied?: () => void
}

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label, look = 'icon', size = 'small', onCopied }: CopyButtonProps) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)

  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => {
      setCopied(false)
    }, shownMs)
    return () => {
      clearTimeout(timer)
    }
  }, [isCopied])

  async function copy(): Promise<void> {
    const result = await call('host.copyText', { text })
    setCopied(result.ok)
    if (result.ok) onCopied?.()
    else notify(t('app.copyFailed'), 'problem')
  }

  const icon = isCopied ? <Check aria-hidden size={16} /> : <Copy aria-hidden size={16} />
  const name = isCopied ? t('app.copied') : label
  return (
    <>
      {look === 'icon' ? (
        <IconButton label={name} icon={icon} onClick={() => void copy()} />
      ) : (
        <Button variant={look} size={size} icon={icon} onClick={() => void copy()}>
          {name}
        </Button>
      )}
      <span role="status" className="sr-only">
        {isCopied ? t('app.copied') : ''}
      </span>
    </>
  )
}
