interface MeterProps {
  readonly label: string
  /** 0 to 1. */
  readonly portion: number
  readonly valueText: string
  /** Nearly or wholly used up. The text beside it has to say so too. */
  readonly isFull?: boolean
}

/** How much of something is used. A bar with a name and its value in words. */
export function Meter({ label, portion, valueText, isFull = false }: MeterProps) {
  const percent = Math.min(100, Math.max(0, Math.round(portion * 100)))
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={valueText}
      className="h-2 w-full overflow-hidden rounded-full bg-hover"
    >
      <div
        className={`forced-fill h-full rounded-full ${isFull ? 'bg-danger' : 'bg-accent'}`}
        style={{ width: `${String(percent)}%` }}
      />
    </div>
  )
}
