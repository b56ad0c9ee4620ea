import { z } from 'zod'

/** How fast the paced server generates for one request. */
export const paceSchema = z.object({ firstTokenMs: z.number(), tokenMs: z.number(), tokens: z.number() })
export type Pace = z.infer<typeof paceSchema>

const mark = 'Pace: '
/** About as long as a prompt with a little context. */
const padding = 'Say it slowly, and leave nothing out. '.repeat(20)

/** The prompt that asks the paced server for a pace; every stream of a run may have its own. */
export function questionFor(pace: Pace): string {
  return `${padding}\n${mark}${JSON.stringify(pace)}`
}

export function paceOf(question: string): Pace {
  return paceSchema.parse(JSON.parse(question.slice(question.lastIndexOf(mark) + mark.length)))
}
