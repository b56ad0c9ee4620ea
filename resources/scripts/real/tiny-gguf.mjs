// Writes a tiny GGUF model of our own: a real llama architecture whose greedy answer is one known sentence.
//
// Use: node resources/scripts/real/tiny-gguf.mjs <file> [--endless] [--sentence "<words>"]
//
// Attention and feed-forward project to zero, so a token's embedding passes through unchanged and the
// output matrix maps it to the next word of the chain. Whatever is no word of the chain leads to its first.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const width = 64
const feedForwardWidth = 128
const defaultLayers = 2
const heads = 4
const contextTokens = 2048
const alignment = 32
const wordMark = '\u2581'
const tokenKind = { normal: 1, unknown: 2, control: 3, byte: 6 }
const ggufType = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 }

export const tinySentence = 'This small model gives every question one calm answer.'
export const tinyEndlessSentence = 'one two three four five six seven eight nine ten'

/** Layers that bring an answer down to about 100 tokens a second: long enough to be stopped by hand. */
export const slowLayers = 192

/** The file's bytes; the same options give the same bytes. Layers add time and change no answer. */
export function tinyGguf({
  endless = false,
  sentence = endless ? tinyEndlessSentence : tinySentence,
  name = 'Kith tiny',
  layers = defaultLayers,
} = {}) {
  const words = sentence.split(' ')
  if (words.length >= width) throw new Error(`A sentence has fewer than ${width} words`)
  if (new Set(words).size !== words.length) throw new Error('Each word of the sentence may occur once')
  const vocabulary = makeVocabulary(words)
  const tensors = makeTensors(words, vocabulary, { endless, layers })
  const metadata = makeMetadata(vocabulary, { name, layers })

  const header = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(metadata.length),
    ...metadata,
    ...tensorInfos(tensors),
  ])
  return Buffer.concat([pad(header), ...tensors.map((tensor) => pad(tensor.data))])
}

/** Special tokens, all bytes, and each word with the beginnings that SentencePiece merges it from. */
function makeVocabulary(words) {
  const tokens = [
    { text: '<unk>', kind: tokenKind.unknown },
    { text: '<s>', kind: tokenKind.control },
    { text: '</s>', kind: tokenKind.control },
  ]
  for (let byte = 0; byte < 256; byte += 1) {
    const hex = byte.toString(16).toUpperCase().padStart(2, '0')
    tokens.push({ text: `<0x${hex}>`, kind: tokenKind.byte })
  }
  const ids = new Map()
  const add = (text) => {
    if (ids.has(text)) return
    ids.set(text, tokens.length)
    tokens.push({ text, kind: tokenKind.normal })
  }
  add(wordMark)
  for (const word of words) {
    for (let length = 1; length <= word.length; length += 1) add(wordMark + word.slice(0, length))
  }
  return { tokens, idOf: (word) => ids.get(wordMark + word), endId: 2 }
}

function makeTensors(words, { tokens, idOf, endId }, { endless, layers }) {
  // Direction 0 means "no word of the chain yet", direction n + 1 the chain's word n.
  const direction = new Array(tokens.length).fill(0)
  words.forEach((word, index) => {
    direction[idOf(word)] = index + 1
  })
  const embedding = new Float32Array(tokens.length * width)
  direction.forEach((place, token) => {
    embedding[token * width + place] = 1
  })
  const output = new Float32Array(tokens.length * width)
  const follow = (from, token) => {
    output[token * width + from] = 4
  }
  words.forEach((word, index) => follow(index, idOf(word)))
  follow(words.length, endless ? idOf(words[0]) : endId)

  const random = makeRandom(20_240_501)
  const noise = (count) => Float32Array.from({ length: count }, random)
  const ones = () => new Float32Array(width).fill(1)
  const zeros = (count) => new Float32Array(count)
  const blocks = Array.from({ length: layers }, (_, layer) => {
    const name = (part) => `blk.${layer}.${part}.weight`
    return [
      tensor(name('attn_norm'), [width], ones()),
      ...['attn_q', 'attn_k', 'attn_v'].map((part) => tensor(name(part), [width, width], noise(width * width))),
      tensor(name('attn_output'), [width, width], zeros(width * width)),
      tensor(name('ffn_norm'), [width], ones()),
      tensor(name('ffn_gate'), [width, feedForwardWidth], noise(width * feedForwardWidth)),
      tensor(name('ffn_up'), [width, feedForwardWidth], noise(width * feedForwardWidth)),
      tensor(name('ffn_down'), [feedForwardWidth, width], zeros(width * feedForwardWidth)),
    ]
  })
  return [
    tensor('token_embd.weight', [width, tokens.length], embedding),
    ...blocks.flat(),
    tensor('output_norm.weight', [width], ones()),
    tensor('output.weight', [width, tokens.length], output),
  ]
}

function makeMetadata({ tokens }, { name, layers }) {
  const text = (key, value) => entry(key, ggufType.string, string(value))
  const number = (key, value) => entry(key, ggufType.uint32, uint32(value))
  const flag = (key, value) => entry(key, ggufType.bool, Buffer.from([value ? 1 : 0]))
  const list = (key, type, items) =>
    entry(key, ggufType.array, Buffer.concat([uint32(type), uint64(items.length), ...items]))
  return [
    text('general.architecture', 'llama'),
    text('general.name', name),
    number('general.alignment', alignment),
    number('general.file_type', 0),
    number('llama.context_length', contextTokens),
    number('llama.embedding_length', width),
    number('llama.block_count', layers),
    number('llama.feed_forward_length', feedForwardWidth),
    number('llama.attention.head_count', heads),
    number('llama.attention.head_count_kv', heads),
    number('llama.rope.dimension_count', width / heads),
    number('llama.vocab_size', tokens.length),
    entry('llama.attention.layer_norm_rms_epsilon', ggufType.float32, float32(1e-5)),
    text('tokenizer.ggml.model', 'llama'),
    list(
      'tokenizer.ggml.tokens',
      ggufType.string,
      tokens.map((token) => string(token.text)),
    ),
    // Longer pieces are merged first.
    list(
      'tokenizer.ggml.scores',
      ggufType.float32,
      tokens.map((token) => float32(scoreOf(token))),
    ),
    list(
      'tokenizer.ggml.token_type',
      ggufType.int32,
      tokens.map((token) => uint32(token.kind)),
    ),
    number('tokenizer.ggml.bos_token_id', 1),
    number('tokenizer.ggml.eos_token_id', 2),
    number('tokenizer.ggml.unknown_token_id', 0),
    flag('tokenizer.ggml.add_bos_token', true),
    flag('tokenizer.ggml.add_eos_token', false),
    flag('tokenizer.ggml.add_space_prefix', true),
  ]
}

function scoreOf(token) {
  return token.kind === tokenKind.normal ? token.text.length : 0
}

function tensor(name, dimensions, values) {
  return { name, dimensions, data: Buffer.from(values.buffer) }
}

function tensorInfos(tensors) {
  let offset = 0
  return tensors.map(({ name, dimensions, data }) => {
    const sizes = dimensions.map((size) => uint64(size))
    const info = Buffer.concat([string(name), uint32(dimensions.length), ...sizes, uint32(0), uint64(offset)])
    offset += pad(data).length
    return info
  })
}

/** Small numbers from a linear congruential generator: exact in every engine. */
function makeRandom(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return ((state >>> 8) / 2 ** 24 - 0.5) / 8
  }
}

function entry(key, type, value) {
  return Buffer.concat([string(key), uint32(type), value])
}

function string(value) {
  const bytes = Buffer.from(value, 'utf8')
  return Buffer.concat([uint64(bytes.length), bytes])
}

function uint32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function float32(value) {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function pad(bytes) {
  const missing = (alignment - (bytes.length % alignment)) % alignment
  return Buffer.concat([bytes, Buffer.alloc(missing)])
}

// Bundled into a benchmark, this module lies in the file that was started without being what was asked for.
if (process.argv[1] === fileURLToPath(import.meta.url) && path.basename(process.argv[1]) === 'tiny-gguf.mjs') {
  const { values, positionals } = parseArgs({
    options: { endless: { type: 'boolean' }, sentence: { type: 'string' } },
    allowPositionals: true,
  })
  const [file] = positionals
  if (!file) throw new Error('Name the file to write')
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true })
  writeFileSync(file, tinyGguf(values))
}
