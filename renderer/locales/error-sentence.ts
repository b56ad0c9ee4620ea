import { z } from 'zod'
import type { KithError } from '../../node/contract/errors.ts'
import { limitNameSchema } from '../../node/contract/limits.ts'
import { formatNumber, formatWhen } from './format.ts'
import { text } from './i18n.ts'

/** The sentence for a failure: the locale's own by code where it has one, else the peer's. */
export function sentenceOf(error: KithError): string {
  if (error.code === 'limit_reached') return limitSentence(error)
  const translated: unknown = text.getResource(text.language, 'translation', `errors.${error.code}`)
  if (typeof translated !== 'string') return error.message
  return translated.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(error.details[name] ?? whole))
}

const reachedSchema = z.object({
  limitName: limitNameSchema,
  limit: z.number(),
  left: z.number(),
  needed: z.number(),
  resetsAtMs: z.number(),
})

/** The peer names the time in UTC, as programs want it; here it is that of the person. */
function limitSentence({ details, message }: KithError): string {
  const reached = reachedSchema.safeParse(details)
  if (!reached.success) return message
  const { limitName, limit, left, needed, resetsAtMs } = reached.data
  return text.t(limitName.startsWith('tokens') ? 'limits.reachedTokens' : 'limits.reached', {
    limit: text.t(`limits.short.${limitName}`, { count: limit, limit: formatNumber(limit) }),
    left: formatNumber(left),
    needed: formatNumber(needed),
    when: formatWhen(resetsAtMs),
  })
}
