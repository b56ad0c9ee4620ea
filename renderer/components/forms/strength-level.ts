/** How hard a password is to guess, the weakest first. `none` is nothing typed. */
export const strengthLevels = ['none', 'weak', 'fair', 'good', 'strong'] as const
export type StrengthLevel = (typeof strengthLevels)[number]
