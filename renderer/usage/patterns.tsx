import { maxSeries } from './series.ts'

const rest = maxSeries
const size = 8

/** The lines that set a colour apart from the others; the first is plain. */
const strokes = [
  null,
  'M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4',
  'M0,4 h8',
  'M4,0 v8',
  'M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4',
  'M0,4 h8 M4,0 v8',
  'M2,2 h1 M6,6 h1',
] as const

function colourOf(place: number): string {
  return place === rest ? 'var(--series-rest)' : `var(--series-${String(place + 1)})`
}

function patternId(prefix: string, place: number): string {
  return `${prefix}-${String(place)}`
}

/** How the series at a place is filled: a colour and, but for the first, a pattern. */
export function fillOf(prefix: string, place: number): string {
  return `url(#${patternId(prefix, place)})`
}

/** The place of a series among colours: all that were added up share the last. */
export function placeOf(position: number, isRest: boolean): number {
  return isRest ? rest : position
}

/** The fills of a chart or of its legend, for the `defs` of one picture. */
export function Patterns({ prefix }: { readonly prefix: string }) {
  return (
    <defs>
      {strokes.map((stroke, place) => (
        <pattern
          key={colourOf(place)}
          id={patternId(prefix, place)}
          width={size}
          height={size}
          patternUnits="userSpaceOnUse"
        >
          <rect width={size} height={size} fill={colourOf(place)} />
          {stroke !== null && <path d={stroke} fill="none" stroke="var(--surface)" strokeWidth={1.6} />}
        </pattern>
      ))}
    </defs>
  )
}
