import { Tooltip } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { useMainRegion } from './main-region.ts'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly label: string
  readonly icon: ReactNode
  readonly tone?: 'quiet' | 'accent'
}

/** A button with a picture only: its name is read aloud and shown on hover and focus. */
export function IconButton({ label, icon, tone = 'quiet', className, ...rest }: IconButtonProps) {
  const { container, onOpenChange } = useMainRegion()
  return (
    <Tooltip.Root onOpenChange={onOpenChange}>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          aria-label={label}
          {...rest}
          className={classNames(
            'inline-flex size-8 shrink-0 items-center justify-center rounded-control transition-colors disabled:opacity-45',
            tone === 'accent'
              ? 'bg-accent text-on-accent hover:bg-accent-strong'
              : 'text-ink-faint hover:bg-hover hover:text-ink',
            className,
          )}
        >
          {icon}
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal container={container}>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="fade z-60 max-w-64 rounded-lg bg-ink px-2.5 py-1 text-caption text-canvas shadow-float"
        >
          {label}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
