import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as passwords } from '@zxcvbn-ts/language-common'
import { dictionary as words } from '@zxcvbn-ts/language-en'
import type { StrengthLevel } from './strength-level.ts'

/** Nothing longer becomes easier to guess, but the estimate takes longer with each character. */
const estimatedCharacters = 40
/** Spellings such as "p4ssw0rd" that are tried; the library's hundred take most of its time and find no more. */
const triedSpellings = 20

const estimator = new ZxcvbnFactory({
  dictionary: { ...passwords, ...words },
  graphs: adjacencyGraphs,
  maxLength: estimatedCharacters,
  l33tMaxSubstitutions: triedSpellings,
})

const levels = ['weak', 'weak', 'fair', 'good', 'strong'] as const satisfies readonly StrengthLevel[]

/**
 * How strong a password is, by how many guesses it takes.
 *
 * The word lists are large: import this file only when it is needed.
 */
export function strengthOf(password: string, username: string): StrengthLevel {
  return password === '' ? 'none' : levels[estimator.check(password, [username, 'kith']).score]
}
