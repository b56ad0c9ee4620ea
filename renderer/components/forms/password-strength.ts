export const strengthLevels = ['none', 'weak', 'fair', 'good', 'strong'] as const
export type StrengthLevel = (typeof strengthLevels)[number]

/** Beginnings that everybody tries first. */
const common = ['password', 'passwort', '123456', 'qwerty', 'letmein', 'welcome', 'iloveyou', 'admin', 'kith']

function alphabetSize(text: string): number {
  const classes: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9]/, 20],
  ]
  return classes.reduce((size, [pattern, more]) => size + (pattern.test(text) ? more : 0), 0)
}

/** A rough hint, by length and variety. It never forbids anything: the peer sets the rule. */
export function strengthOf(password: string, username: string): StrengthLevel {
  if (password === '') return 'none'
  const lower = password.toLowerCase()
  const isObvious =
    common.some((word) => lower.startsWith(word) && lower.length < word.length + 6) ||
    (username !== '' && lower.includes(username.toLowerCase()) && lower.length < username.length + 6)
  if (isObvious) return 'weak'
  const distinct = new Set(password).size
  const bits = Math.min(password.length, distinct * 2) * Math.log2(Math.max(2, alphabetSize(password)))
  if (bits < 40) return 'weak'
  if (bits < 60) return 'fair'
  return bits < 85 ? 'good' : 'strong'
}
