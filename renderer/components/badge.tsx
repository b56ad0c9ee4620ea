import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

const tones = {
  plain: 'bg-sunken text-ink-soft',
  own: 'bg-accent-soft text-accent-ink',
  friend: 'bg-friend-soft text-friend-ink',
  caution: 'bg-caution-soft text-caution-ink',
  danger: 'bg-danger-soft text-danger-ink',
} as const

export type BadgeTone = keyof typeof tones

/** A short state in words; the colour only repeats it. */
export function Badge({ tone = 'plain', children }: { readonly tone?: BadgeTone; readonly children: ReactNode }) {
  return (
    <span
      className={classNames(
        'forced-edge inline-flex items-center gap-1 rounded-full px-2 py-px text-caption font-medium',
        tones[tone],
      )}
    >
      {children}
    </span>
  )
}
