import { expect, it } from 'vitest'
import { StopFilter } from './stop-filter.ts'

it.each([
  ['in one piece', ['one two three'], ['two'], 'one ', true],
  ['across pieces', ['one t', 'w', 'o three'], ['two'], 'one ', true],
  ['inside of a piece', ['before', ' after'], ['ore af'], 'bef', true],
  ['the earliest of several', ['a b c d'], ['d', 'b', 'c'], 'a ', true],
  ['at the very end', ['one', ' two'], ['two'], 'one ', true],
  ['not at all', ['one t', 'w', ' three'], ['two'], 'one tw three', false],
  ['only begun', ['one tw'], ['two'], 'one tw', false],
  ['begun twice', ['aa', 'ab', 'c'], ['aab'], 'a', true],
  ['none to look for', ['one'], [], 'one', false],
])('ends a text before a stop: %s', (_where, pieces, stops, expected, isOver) => {
  const filter = new StopFilter(stops)
  const text = pieces.map((piece) => filter.push(piece)).join('') + filter.rest()
  expect(text).toBe(expected)
  expect(filter.isOver).toBe(isOver)
})

it('holds back no more than may begin a stop', () => {
  const filter = new StopFilter(['\nQ:'])
  expect(filter.push('one\n')).toBe('one')
  expect(filter.push('two')).toBe('\ntwo')
})
