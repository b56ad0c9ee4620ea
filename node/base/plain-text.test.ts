import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import { plainJson, plainLine, plainText, PlainTextStream } from './plain-text.ts'

/** The same numbers at each run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const sequences = [
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u001b]52;c;cm0gLXJm\u0007',
  '\u009b31m',
  '\u001bP1$r\u001b\\',
  '\r',
  '\b\b\b',
  '\u202e',
  '\u2066',
  '\u2028',
  '\u007f',
  '\u0000',
  '\u0085',
  '\ufeff',
  '\ud83d',
  '\udc00',
  '👩‍💻',
  'שלום',
  'é',
  'x',
  '\n',
  '\t',
]

function randomText(random: () => number): string {
  return Array.from({ length: Math.floor(random() * 30) }, () => {
    const wish = random()
    if (wish < 0.6) return sequences[Math.floor(random() * sequences.length)] ?? ''
    return String.fromCharCode(Math.floor(random() * (wish < 0.9 ? 0x100 : 0x10000)))
  }).join('')
}

const control = /\p{Cc}/u
const controlButLines = /(?![\n\t])\p{Cc}/u
const turning = /[\u202a-\u202e\u2066-\u2069]/

describe('text of other computers', () => {
  const random = numbers(20_261_125)
  const texts = Array.from({ length: 5_000 }, () => randomText(random))

  it('never moves a cursor, ends a line or turns the direction, as one line', () => {
    for (const text of texts) {
      const plain = plainLine(text)
      expect(control.test(plain) || turning.test(plain) || plain.includes('\u2028')).toBe(false)
      expect(plainLine(plain)).toBe(plain)
    }
  })

  it('keeps its lines and tabs and nothing else of the kind, as a text', () => {
    for (const text of texts) {
      const plain = plainText(text)
      expect(controlButLines.test(plain) || turning.test(plain)).toBe(false)
      expect(plain.split('\n').length).toBe(text.split('\n').length)
      expect(plainText(plain)).toBe(plain)
    }
  })

  it('comes out the same however it was cut on the way', () => {
    for (const text of texts) {
      const stream = new PlainTextStream()
      let whole = ''
      for (let at = 0; at < text.length;) {
        const length = 1 + Math.floor(random() * 4)
        whole += stream.push(text.slice(at, at + length))
        at += length
      }
      const last = text.charCodeAt(text.length - 1)
      // Half a character at the very end is never completed.
      const isHalf = last >= 0xd800 && last <= 0xdbff
      expect(whole).toBe(plainText(isHalf ? text.slice(0, -1) : text))
    }
  })

  it('means the same in JSON, with all of it escaped', () => {
    for (const text of texts) {
      const json = plainJson(JSON.stringify({ text, [text]: [text] }))
      expect(control.test(json) || turning.test(json) || json.includes('\u2028')).toBe(false)
      expect(JSON.parse(json)).toEqual({ text, [text]: [text] })
    }
  })

  it('is left alone where it is harmless', () => {
    for (const text of ['Füße', '日本語', 'family 👨‍👩‍👧', 'می‌خواهم', 'one\n\ttwo', '🏴󠁧󠁢󠁳󠁣󠁴󠁿']) {
      expect(plainText(text)).toBe(text)
    }
    expect(plainLine('Büro 😀')).toBe('Büro 😀')
  })

  it('is escaped in the log, which goes to a terminal too', () => {
    const lines: string[] = []
    const log = createLog({ level: 'info' }, { write: (line) => void lines.push(line) })
    log.info({ machine: '\u009b2J\u202ename\u001b[0m', cause: new Error('\u009b1m\u007f') }, 'hello \u0085')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.endsWith('\n')).toBe(true)
    expect(control.test(lines[0]?.trimEnd() ?? '') || turning.test(lines[0] ?? '')).toBe(false)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ machine: '\u009b2J\u202ename\u001b[0m', msg: 'hello \u0085' })
  })
})
