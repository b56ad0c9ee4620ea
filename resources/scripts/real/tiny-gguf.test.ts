import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { getLlama, LlamaLogLevel, type Llama, type LlamaModel } from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../../node/engines/testing/tiny-model.ts'
import { tinyGguf } from './tiny-gguf.mjs'

describe('the tiny model', () => {
  let folder: string
  let llama: Llama
  let model: LlamaModel

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kith-tiny-'))
    llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.error })
    model = await llama.loadModel({ modelPath: await writeTinyModel(folder) })
  })

  afterAll(async () => {
    await llama.dispose()
    await rm(folder, { recursive: true, force: true })
  })

  it('is the same bytes each time and under 1 MB', () => {
    expect(tinyGguf().equals(tinyGguf())).toBe(true)
    expect(tinyGguf({ endless: true }).equals(tinyGguf())).toBe(false)
    expect(tinyGguf().length).toBeLessThan(1_000_000)
  })

  it('is a llama model for llama.cpp', () => {
    expect(model.fileInfo.metadata.general.architecture).toBe('llama')
    expect(model.trainContextSize).toBe(2048)
  })

  it.each(['This small model', 'Grüße, 世界! 🦄', '  two  spaces\n\tand a tab', ' leading', 'e\u0301\u0000\u{10FFFF}'])(
    'gives the text back that it was tokenized from: %j',
    (text) => {
      expect(model.detokenize(model.tokenize(text))).toBe(text)
    },
  )
})
