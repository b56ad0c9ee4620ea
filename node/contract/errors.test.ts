import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { errorCatalogue, kithError } from './errors.ts'

it('keeps docs/errors.md in step with the catalogue', async () => {
  const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  // Tables are aligned by the formatter, so that only the words count.
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |\s*\|?$/g, '').trim()))
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(Object.entries(errorCatalogue).map(([code, sentence]) => [`\`${code}\``, sentence])),
  )
})

it('fills the sentence from the details and leaves unknown words as they are', () => {
  expect(kithError('username_taken', { username: 'ada' }).message).toContain('called "ada"')
  expect(kithError('username_taken').message).toContain('{username}')
})
