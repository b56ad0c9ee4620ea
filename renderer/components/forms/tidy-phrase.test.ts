import { expect, it } from 'vitest'
import { tidyPhrase } from './tidy-phrase.ts'

it('reads a recovery phrase however it was pasted', () => {
  expect(tidyPhrase('  1. Harvest\n2. lemon,  QUIET ')).toBe('harvest lemon quiet')
})
