import { describe, expect, it } from 'vitest'
import { explainInstallFailure } from './dependencies.mjs'
import { checkDisk, checkNode } from './prerequisites.mjs'
import { describe as sentenceOf, Problem } from './problem.mjs'
import { parseMissingLibraries } from '../electron/system-libraries.mjs'

describe('what is missing on a machine', () => {
  it('names the Node it needs when the one at hand is too old', () => {
    expect(() => checkNode('20.18.3')).toThrow(Problem)
    expect(() => checkNode('18.20.0')).toThrow(/18\.20\.0.*20\.19/)
    expect(() => checkNode('20.19.0')).not.toThrow()
    expect(() => checkNode('24.0.0')).not.toThrow()
  })

  it('refuses a download that the disk cannot hold, and says how much is free', () => {
    expect(() => checkDisk('.', 1e12, 'Installing')).toThrow(/Installing needs .* MB left/)
    expect(() => checkDisk('.', 1, 'Installing')).not.toThrow()
  })

  it.each([
    ['npm error code ENOTFOUND', 'cannot be reached'],
    ['npm error code E403', 'refused a download'],
    ['npm error code ENOSPC', 'disk is full'],
    ['npm error code EACCES', 'may not write'],
    ['npm error code EINTEGRITY', 'does not match the lock file'],
    ['npm error code EWHATEVER', 'last words'],
  ])('turns "%s" into a sentence, with the last lines of npm below it', (output, sentence) => {
    const text = explainInstallFailure({ code: 1, output })
    expect(text).toContain(sentence)
    expect(text).toContain(output)
  })

  it('says that an install took too long', () => {
    expect(explainInstallFailure({ code: 124, output: '' })).toContain('took too long')
  })

  it('reads the libraries that the loader does not find', () => {
    const output = '\tlibnss3.so => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x7f)\n\tlibgtk-3.so.0 => not found\n'
    expect(parseMissingLibraries(output)).toEqual(['libnss3.so', 'libgtk-3.so.0'])
    expect(parseMissingLibraries('\tstatically linked\n')).toEqual([])
  })

  it('tells a problem from a bug', () => {
    expect(sentenceOf(new Problem('Install Node.'))).toBe('Install Node.')
    expect(sentenceOf('plain')).toBe('plain')
  })
})
