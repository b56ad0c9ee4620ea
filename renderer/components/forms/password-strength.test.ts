import { describe, expect, it } from 'vitest'
import { tidyPhrase } from './tidy-phrase.ts'
import { strengthOf } from './password-strength.ts'

describe('the strength hint', () => {
  it.each([
    ['', 'none'],
    ['password1', 'weak'],
    ['aaaaaaaaaaaaaaaa', 'weak'],
    ['mira2024', 'weak'],
    ['lentils and spinach soup', 'strong'],
  ])('calls %s %s', (password, level) => {
    expect(strengthOf(password, 'mira')).toBe(level)
  })
})

describe('a recovery phrase', () => {
  it('is read however it was pasted', () => {
    expect(tidyPhrase('  1. Harvest\n2. lemon,  QUIET ')).toBe('harvest lemon quiet')
  })
})
