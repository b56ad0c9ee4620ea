import type { LucideIcon } from 'lucide-react'

const tones = {
  own: 'bg-accent-soft text-accent-ink',
  friend: 'bg-friend-soft text-friend-ink',
  plain: 'bg-sunken text-ink-soft',
} as const

/** A picture at the head of a row. */
export function IconTile({
  icon: Icon,
  tone = 'own',
}: {
  readonly icon: LucideIcon
  readonly tone?: keyof typeof tones
}) {
  return (
    <span className={`forced-edge flex size-10 shrink-0 items-center justify-center rounded-control ${tones[tone]}`}>
      <Icon aria-hidden size={19} />
    </span>
  )
}
