import { fail, ok, type Result } from '../contract/result.ts'

export const minimumPasswordLength = 8
const username = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{1,31}$/u

/** The normalised username, or `username_invalid`. */
export function checkUsername(text: string): Result<string> {
  const name = text.normalize('NFC').trim()
  // Counted in UTF-16 units as well: that is what the contract limits.
  return username.test(name) && name.length <= 32 ? ok(name) : fail('username_invalid')
}

/** Usernames are compared by this: case and Unicode composition make no difference. */
export function usernameKey(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase()
}

export function checkPassword(password: string): Result<void> {
  const length = [...password].length
  return length >= minimumPasswordLength ? ok() : fail('password_too_short', { minimum: minimumPasswordLength })
}
