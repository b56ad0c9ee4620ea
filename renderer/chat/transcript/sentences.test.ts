import { describe, expect, it } from 'vitest'
import { speakable, takeSentences } from './sentences.ts'

describe('sentences for screen readers', () => {
  it('are cut whole from a growing text', () => {
    expect(takeSentences('A heat pump moves warmth. It works like')).toEqual({
      sentences: '',
      rest: 'A heat pump moves warmth. It works like',
    })
    expect(takeSentences('A heat pump moves warmth, even in winter. It works like')).toEqual({
      sentences: 'A heat pump moves warmth, even in winter. ',
      rest: 'It works like',
    })
  })

  it('wait while no sentence is whole', () => {
    expect(takeSentences('Version 3.14 of something very long and unfinished').sentences).toBe('')
  })

  it('leave out the signs of Markdown', () => {
    expect(speakable('## Title\n- **bold** and `code`\n> see [here](https://a.b)')).toBe('Title bold and code see here')
  })
})
