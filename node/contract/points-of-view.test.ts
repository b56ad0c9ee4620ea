import { expect, it } from 'vitest'
import { errorCatalogue, kithError, type ErrorCode } from './errors.ts'
import { sentencesForOthers, sentencesForOwner, sentencesForServer } from './points-of-view.ts'

const wordsOf = (sentence: string): string[] => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, word]) => word ?? '')

it('tells each reader of a dead engine what that reader can do', () => {
  const engine = 'Ollama'
  expect(kithError('engine_stopped', { engine }).message).toBe(
    'Ollama stopped in the middle of the answer. Start it again and ask again.',
  )
  expect(kithError('engine_stopped', { engine, machine: 'Desk' }).message).toBe(
    'Ollama on "Desk" stopped in the middle of the answer. Start it there and ask again.',
  )
  expect(kithError('engine_stopped', { engine, machine: 'Gaming PC', member: 'mia' }).message).toBe(
    "Ollama on mia's computer stopped. Ask again or choose another model.",
  )
  expect(kithError('engine_stopped', { engine, asker: 'ben' }).message).toContain('while it answered ben')
})

it('has no sentence that names a word nobody fills in', () => {
  const added = { others: ['member', 'machine'], owner: ['machine'], server: ['asker'] }
  const check = (sentences: Partial<Record<ErrorCode, string>>, more: string[]): void => {
    for (const [code, sentence] of Object.entries(sentences)) {
      const known = [...wordsOf(errorCatalogue[code as ErrorCode]), ...more]
      expect([code, wordsOf(sentence).filter((word) => !known.includes(word))]).toEqual([code, []])
    }
  }
  check(sentencesForOthers, added.others)
  check(sentencesForOwner, added.owner)
  check(sentencesForServer, added.server)
})
