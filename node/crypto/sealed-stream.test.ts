import { describe, expect, it } from 'vitest'
import { bytesOfText } from './encoding.ts'
import { randomBytes } from './keys.ts'
import { SealedStream, sealBytes } from './sealed-stream.ts'

const message = (text: string): Uint8Array => bytesOfText(text)

describe('a sealed stream', () => {
  const key = randomBytes(32)
  const pair = (): [SealedStream, SealedStream] => [new SealedStream(key), new SealedStream(key)]

  it('opens messages in their order, the empty one too', () => {
    const [sender, receiver] = pair()
    for (const text of ['first', '', 'x'.repeat(100_000)]) {
      const box = sender.seal(message(text))
      expect(box.byteLength).toBe(text.length + sealBytes)
      expect(receiver.open(box)).toEqual(message(text))
    }
  })

  it('opens none that is repeated, left out, changed, cut or under another key', () => {
    const [sender] = pair()
    const [one, two] = [sender.seal(message('one')), sender.seal(message('two'))]
    const repeated = pair()[1]
    expect(repeated.open(one)).toEqual(message('one'))
    expect(repeated.open(one)).toBeNull()
    expect(pair()[1].open(two)).toBeNull()
    expect(pair()[1].open(one.map((byte, index) => (index === 1 ? byte ^ 1 : byte)))).toBeNull()
    expect(pair()[1].open(one.subarray(1))).toBeNull()
    expect(pair()[1].open(new Uint8Array(3))).toBeNull()
    expect(new SealedStream(randomBytes(32)).open(one)).toBeNull()
  })

  it('never gives one message twice the same bytes', () => {
    const [sender] = pair()
    expect(sender.seal(message('same'))).not.toEqual(sender.seal(message('same')))
  })
})
