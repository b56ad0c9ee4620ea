import { expect, it } from 'vitest'
import { bytesOfText } from '../crypto/encoding.ts'
import { parse } from './record-values.ts'

it.each([
  ['deep', '['.repeat(101) + ']'.repeat(101)],
  ['made of brackets alone', `[${'[],'.repeat(60_000)}0]`],
])('a record that is %s reads as null', (_what, text) => {
  expect(parse(bytesOfText(text))).toBeNull()
})
