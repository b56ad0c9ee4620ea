import { Switch } from 'radix-ui'

interface ToggleProps {
  readonly label: string
  readonly isOn: boolean
  readonly isBusy?: boolean
  readonly onChange: (isOn: boolean) => void
}

/** An on/off switch; the text beside it says which state it is in. */
export function Toggle({ label, isOn, isBusy = false, onChange }: ToggleProps) {
  return (
    <Switch.Root
      checked={isOn}
      aria-label={label}
      aria-busy={isBusy || undefined}
      onCheckedChange={(next) => {
        if (!isBusy) onChange(next)
      }}
      className="relative h-8 w-14 shrink-0 rounded-full border border-edge bg-sunken transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
    >
      <Switch.Thumb className="forced-fill block size-6 translate-x-[3px] rounded-full bg-edge shadow-soft transition-transform data-[state=checked]:translate-x-[27px] data-[state=checked]:bg-on-accent" />
    </Switch.Root>
  )
}
