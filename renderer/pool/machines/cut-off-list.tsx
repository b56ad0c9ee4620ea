import type { CutOff } from '../../../node/contract/state.ts'
import { sentenceOf } from '../../locales/error-sentence.ts'
import { formatWhen } from '../../locales/format.ts'

/** Who was cut off lately, and why. Calm: it is over, and nobody has to do anything. */
export function CutOffList({ cutOffs }: { readonly cutOffs: readonly CutOff[] }) {
  if (cutOffs.length === 0) return null
  return (
    <ul className="flex flex-col gap-1 text-small text-ink-soft">
      {cutOffs.map(({ deviceId, error, atMs }) => (
        <li key={deviceId}>
          {formatWhen(atMs)}: {sentenceOf(error)}
        </li>
      ))}
    </ul>
  )
}
