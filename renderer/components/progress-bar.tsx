import { Progress } from 'radix-ui'

interface ProgressBarProps {
  readonly label: string
  /** 0 to 1; null where nobody knows. */
  readonly portion: number | null
  readonly valueText: string
  readonly isPaused?: boolean
}

/** How far something has come, in whole percent, so that it is not announced all the time. */
export function ProgressBar({ label, portion, valueText, isPaused = false }: ProgressBarProps) {
  const percent = portion === null ? null : Math.min(100, Math.floor(portion * 100))
  return (
    <Progress.Root
      aria-label={label}
      value={percent}
      max={100}
      getValueLabel={() => valueText}
      className="h-2 w-full overflow-hidden rounded-full bg-hover"
    >
      <Progress.Indicator
        className={`forced-fill h-full rounded-full transition-[width] duration-300 ${isPaused ? 'bg-edge' : 'bg-accent'} ${percent === null ? 'breathe' : ''}`}
        style={{ width: `${String(percent ?? 100)}%` }}
      />
    </Progress.Root>
  )
}
