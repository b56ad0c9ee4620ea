import { fail, ok, type Result } from '../../node/contract/result.ts'
import { parseUrl } from '../invites/parse-url.ts'

/** Checks a link before the system's browser gets it: only http and https, and no hidden credentials. */
export function checkWebLink(text: string): Result<string> {
  const url = parseUrl(text)
  if (!url) return fail('url_invalid', { reason: 'it is not a web address' })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return fail('url_invalid', { reason: 'only http and https links are opened' })
  }
  if (url.username !== '' || url.password !== '') {
    return fail('url_invalid', { reason: 'it hides a user name or password' })
  }
  return ok(url.href)
}
