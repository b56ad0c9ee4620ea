import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Spinner } from './spinner.tsx'

const variants = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong shadow-soft',
  secondary: 'bg-surface text-ink border border-edge/60 hover:bg-hover shadow-soft',
  quiet: 'text-ink-soft hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-on-danger hover:brightness-95 shadow-soft',
} as const

const sizes = {
  small: 'min-h-8 px-3 text-small gap-1.5',
  medium: 'min-h-10 px-4 text-body gap-2',
} as const

export interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: keyof typeof variants
  readonly size?: keyof typeof sizes
  readonly icon?: ReactNode
  /** Shows that its work is under way; the button stays where it is and takes no second press. */
  readonly isBusy?: boolean
}

/** The app's button. A busy one keeps its focus, so that the keyboard does not lose its place. */
export function Button(props: ButtonProps) {
  const { variant = 'secondary', size = 'medium', icon, isBusy = false, className, children, onClick, ...rest } = props
  return (
    <button
      type="button"
      {...rest}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault()
        else onClick?.(event)
      }}
      className={classNames(
        'inline-flex items-center justify-center rounded-control py-1 text-center font-medium transition-colors',
        'disabled:opacity-50 aria-disabled:opacity-70',
        variants[variant],
        sizes[size],
        className,
      )}
    >
      {isBusy ? <Spinner /> : icon}
      {children}
    </button>
  )
}
