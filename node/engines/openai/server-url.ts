import { fail, ok, type Result } from '../../contract/result.ts'

const maxUrlLength = 300

/**
 * The base address of an OpenAI-compatible server, without a trailing slash or `/v1`.
 *
 * Names and passwords in an address would end up in the window and in logs, so they are refused.
 */
export function parseServerUrl(text: string): Result<string> {
  const trimmed = text.trim()
  if (trimmed.length > maxUrlLength) return fail('url_invalid', { reason: 'it is too long' })
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null
  if (!url) return fail('url_invalid', { reason: 'it is not a web address, like http://127.0.0.1:8080' })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return fail('url_invalid', { reason: 'it must begin with http:// or https://' })
  }
  if (url.username !== '' || url.password !== '') {
    return fail('url_invalid', { reason: 'it must not hold a user name or password' })
  }
  if (url.search !== '' || url.hash !== '') return fail('url_invalid', { reason: 'it must end with the path' })
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
  return ok(url.origin + path)
}
