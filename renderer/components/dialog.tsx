import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFocusReturn } from './focus/focus-return.ts'
import { IconButton } from './icon-button.tsx'

interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  /** False while something runs that cannot be taken back: nothing closes the dialog then. */
  readonly canClose?: boolean
  readonly title: string
  readonly description?: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Room for what cannot be narrow, such as lines of code. */
  readonly isWide?: boolean
}

/**
 * A dialog in front of everything.
 *
 * The veil is our own: the library's locks scrolling by an inline style sheet, which the content policy forbids.
 */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose, canClose = true } = props
  return (
    <Primitive.Root
      open={isOpen}
      onOpenChange={(open) => {
        if (!open && canClose) onClose()
      }}
    >
      <Primitive.Portal>
        <Panel {...props} canClose={canClose} />
      </Primitive.Portal>
    </Primitive.Root>
  )
}

/** What is there only while the dialog is open. */
function Panel({ canClose, title, description, children, actions, isWide = false }: DialogProps) {
  const { t } = useTranslation()
  const focusReturn = useFocusReturn()
  return (
    <>
      <div className="fade fixed inset-0 z-40 bg-veil" />
      <div className="fixed inset-0 z-50 flex items-center justify-center overflow-y-auto p-4">
        <Primitive.Content
          {...focusReturn}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={`rise relative my-auto flex w-full ${isWide ? 'max-w-2xl' : 'max-w-lg'} flex-col gap-5 rounded-panel bg-surface p-6 shadow-float`}
        >
          <header className="flex flex-col gap-2">
            <Primitive.Title className="pe-8 text-title font-semibold break-words">{title}</Primitive.Title>
            {description !== undefined && (
              <Primitive.Description asChild>
                <div className="text-body text-ink-soft">{description}</div>
              </Primitive.Description>
            )}
          </header>
          {children}
          {actions !== undefined && <footer className="flex flex-wrap justify-end gap-2">{actions}</footer>}
          {/* Last in order, so that opening puts the keyboard on what the dialog is about. */}
          <Primitive.Close asChild>
            <IconButton
              label={t('app.close')}
              icon={<X aria-hidden size={18} />}
              disabled={canClose === false}
              className="absolute end-4 top-5"
            />
          </Primitive.Close>
        </Primitive.Content>
      </div>
    </>
  )
}
