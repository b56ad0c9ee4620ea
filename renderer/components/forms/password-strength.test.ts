import { describe, expect, it } from 'vitest'
import { strengthOf } from './password-strength.ts'

describe('the strength hint', () => {
  it.each([
    ['', 'none'],
    ['password1', 'weak'],
    ['P4ssw0rd1', 'weak'],
    ['aaaaaaaaaaaaaaaa', 'weak'],
    ['mira2024', 'weak'],
    ['Summer2024!', 'fair'],
    ['lentils and spinach soup', 'strong'],
  ])('calls %s %s', (password, level) => {
    expect(strengthOf(password, 'mira')).toBe(level)
  })

  it('takes no longer for a very long password', () => {
    expect(strengthOf('lentils and spinach soup '.repeat(40), 'mira')).toBe('strong')
  })
})
