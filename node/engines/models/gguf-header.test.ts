import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tinyGguf } from '../../../resources/scripts/real/tiny-gguf.mjs'
import { readGgufHeader } from './gguf-header.ts'

describe('readGgufHeader', () => {
  const whole = tinyGguf()
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-gguf-'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function read(bytes: Uint8Array) {
    const file = path.join(folder, 'model.gguf')
    await writeFile(file, bytes)
    return readGgufHeader(file)
  }

  it('reads what Kith needs of a model', async () => {
    expect(await read(whole)).toEqual({
      ok: true,
      value: {
        architecture: 'llama',
        name: 'Kith tiny',
        contextTokens: 2048,
        hasChatTemplate: false,
        cacheBytesPerToken: 2 * 2 * 2 * 64,
      },
    })
  })

  it.each([
    ['an empty file', Buffer.alloc(0), 'it is too short'],
    ['a text file', Buffer.from('This is no model at all, only a few words.'), 'it does not begin like a GGUF file'],
    ['a cut header', whole.subarray(0, 500), 'it is shorter than it says'],
    ['missing weights', whole.subarray(0, whole.length - 1_000), 'its end is missing'],
    [
      'an old format',
      Buffer.concat([Buffer.from('GGUF\x01\0\0\0'), Buffer.alloc(64)]),
      'its format version 1 is not supported',
    ],
    [
      'a huge count',
      Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), Buffer.alloc(64, 0x7f)]),
      'its number of weights is not believable',
    ],
  ])('refuses %s with its reason', async (_what, bytes, reason) => {
    expect(await read(bytes)).toMatchObject({ ok: false, error: { code: 'model_corrupt', details: { reason } } })
  })

  it('refuses what cannot be opened', async () => {
    expect(await readGgufHeader(path.join(folder, 'nothing.gguf'))).toMatchObject({ error: { code: 'storage_failed' } })
    expect(await readGgufHeader(folder)).toMatchObject({ ok: false })
  })

  it('keeps next to nothing of a file that is all text', async () => {
    const texts = 100
    const textBytes = 16 * 1024 * 1024
    const file = path.join(folder, 'all-text.gguf')
    const handle = await open(file, 'w')
    let position = 0
    const put = async (bytes: Buffer): Promise<void> => {
      await handle.write(bytes, 0, bytes.length, position)
      position += bytes.length
    }
    const [magic, stringType] = [Buffer.from('GGUF\x03\0\0\0'), Buffer.from('\x08\0\0\0')]
    const length = (bytes: number): Buffer => {
      const written = Buffer.alloc(8)
      written.writeBigUInt64LE(BigInt(bytes))
      return written
    }
    await put(Buffer.concat([magic, length(1), length(texts)]))
    for (let index = 0; index < texts; index += 1) {
      const key = `text.${index}`
      await put(Buffer.concat([length(key.length), Buffer.from(key), stringType, length(textBytes)]))
      // A hole in the file: it takes no room on the disk.
      position += textBytes
    }
    await handle.truncate(position)
    await handle.close()
    const peakBefore = process.resourceUsage().maxRSS
    expect(await readGgufHeader(file)).toMatchObject({ error: { code: 'model_corrupt' } })
    // In kB. Of the texts that were read whole, 1.6 GB stayed.
    expect(process.resourceUsage().maxRSS - peakBefore).toBeLessThan(200_000)
  })

  it('never throws on changed bytes', async () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 8_000 }), fc.integer({ min: 0, max: 255 }))
    const changes = fc.array(change, { minLength: 1, maxLength: 12 })
    const check = async (list: [number, number][], cut: number): Promise<void> => {
      const bytes = Buffer.from(whole.subarray(0, cut))
      for (const [at, value] of list) if (at < bytes.length) bytes[at] = value
      expect(typeof (await read(bytes)).ok).toBe('boolean')
    }
    await fc.assert(fc.asyncProperty(changes, fc.integer({ min: 0, max: whole.length }), check), { numRuns: 150 })
  })
})
