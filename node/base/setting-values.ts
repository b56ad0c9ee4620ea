import { isIP } from 'node:net'
import { z } from 'zod'
import { roleNames } from './roles.ts'

/** Shapes of single settings. Each message finishes the sentence "The setting X is not valid: …". */

export const logLevelSchema = z.enum(['silent', 'error', 'warn', 'info', 'debug'], {
  error: 'expected silent, error, warn, info or debug',
})

export const demoRoleSchema = z.enum(['none', 'first', 'second'], { error: 'expected none, first or second' })

export const rolesSchema = z
  .array(z.enum(roleNames, { error: 'expected client, gateway or processor' }))
  .min(1, 'expected at least one of client, gateway and processor')
  .refine((roles) => new Set(roles).size === roles.length, 'a role is named twice')

export const addressSchema = z
  .string()
  .refine((text) => isIP(text) !== 0, 'expected an IP address of this computer, such as 127.0.0.1')

/** A number, or its digits as a flag or a variable gives them. */
export const portSchema = z.coerce
  .number({ error: 'expected a port from 1 to 65535' })
  .int('expected a port from 1 to 65535')
  .min(1, 'expected a port from 1 to 65535')
  .max(65_535, 'expected a port from 1 to 65535')

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

const hostAndPortSchema = z.string().transform((text, context): HostAndPort => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]{1,253})):([0-9]{1,5})$/i.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || port < 1 || port > 65_535) {
    context.addIssue({ code: 'custom', message: 'expected host:port, several with commas between them' })
    return z.NEVER
  }
  return { host, port }
})

export const bootstrapSchema = z.array(hostAndPortSchema).min(1, 'expected at least one host:port').max(64)

export const pathSchema = z
  .string()
  .min(1, 'expected a folder')
  .max(4_096, 'the path is too long')
  .refine((text) => !text.includes('\0'), 'the path holds a forbidden character')

/**
 * An address of Ollama as people write it for Ollama itself: a URL, `host:port`, `host` or `:port`.
 * The addresses that mean "listen everywhere" become this computer's own.
 */
export const ollamaUrlSchema = z
  .string()
  .max(300, 'the address is too long')
  .transform((text, context) => {
    const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
    const full = hasScheme ? text : `http://${text.startsWith(':') ? '127.0.0.1' : ''}${text}`
    const url = URL.canParse(full) ? new URL(full) : null
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      context.addIssue({ code: 'custom', message: 'expected an address such as http://127.0.0.1:11434' })
      return z.NEVER
    }
    if (!hasScheme && !/:[0-9]+(\/|$)/.test(text)) url.port = '11434'
    if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
    if (url.hostname === '[::]') url.hostname = '[::1]'
    return url.href.replace(/\/$/, '')
  })

/** Splits "a, b" as an environment variable or a flag carries a list. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
