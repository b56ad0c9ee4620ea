import { text } from '../../locales/i18n.ts'

/** Says that a field which is needed is empty. */
export function missing(typed: string): string | null {
  return typed.trim() === '' ? text.t('mistakes.missing') : null
}

/**
 * What is wrong with a name: it is missing, or longer than a name may be. Nothing is cut off what was typed.
 *
 * Counted in UTF-16 units, as the peer does.
 */
export function nameMistake(typed: string, max: number): string | null {
  const { length } = typed.trim()
  return length > max ? text.t('mistakes.tooLong', { max, typed: length }) : missing(typed)
}

const userNameLength = { min: 2, max: 32 }
const userNameCharacters = /^[\p{L}\p{M}\p{N}._-]*$/u
const userNameBeginning = /^[\p{L}\p{N}]/u

/** Everything that is wrong with a user name, by the rules of the peer. */
export function userNameMistake(typed: string): string | null {
  const name = typed.normalize('NFC').trim()
  if (name === '') return missing(name)
  const mistakes = [
    name.length < userNameLength.min || name.length > userNameLength.max
      ? text.t('mistakes.userNameLength', { ...userNameLength, typed: name.length })
      : null,
    userNameCharacters.test(name) ? null : text.t('mistakes.userNameCharacters'),
    userNameBeginning.test(name) ? null : text.t('mistakes.userNameBeginning'),
  ]
  return mistakes.filter((mistake) => mistake !== null).join(' ') || null
}

const minimumPasswordLength = 8

/** What is wrong with a password that is being chosen. */
export function newPasswordMistake(typed: string): string | null {
  if (typed === '') return text.t('mistakes.missing')
  const { length } = [...typed]
  return length < minimumPasswordLength
    ? text.t('mistakes.passwordLength', { min: minimumPasswordLength, typed: length })
    : null
}

const phraseWords = 12

/** What is wrong with a recovery phrase, tidied: its words are checked by the peer. */
export function phraseMistake(phrase: string): string | null {
  const count = phrase === '' ? 0 : phrase.split(' ').length
  if (count === 0) return text.t('mistakes.missing')
  return count === phraseWords ? null : text.t('mistakes.phraseLength', { typed: count, words: phraseWords })
}
