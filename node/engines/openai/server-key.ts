import { fail, ok, type Result } from '../../contract/result.ts'

/** What can stand in a header; the key is never repeated in the refusal. */
export function parseServerKey(text: string): Result<string> {
  const key = text.trim()
  if (/^[\x21-\x7e]{1,500}$/.test(key)) return ok(key)
  return fail('bad_request', { reason: 'a key of a server has 1 to 500 characters without spaces' })
}
