import { open } from 'node:fs/promises'
import path from 'node:path'
import { fail, ok, type Result } from '../../contract/result.ts'
import { GgufProblem, GgufReader } from './gguf-reader.ts'
import { weightBytes } from './gguf-tensors.ts'

const maxEntries = 100_000
const maxKeyBytes = 65_535
const maxTextBytes = 16 * 1024 * 1024
const maxItems = 4_000_000
/** Keys, and the few texts below, are kept up to this length; other texts are skipped, for a file may be all text. */
const keptKeyBytes = 256
const keptTextBytes = 1_024
const keptTexts: readonly string[] = ['general.architecture', 'general.name', 'tokenizer.chat_template']
const defaultAlignment = 32

/** What Kith needs to know of a model file before llama.cpp loads it. */
export interface GgufHeader {
  readonly architecture: string
  readonly name: string
  readonly contextTokens: number | null
  readonly hasChatTemplate: boolean
  /** Bytes of attention cache that one token of context takes. */
  readonly cacheBytesPerToken: number
}

type Scalar = string | number | boolean
const fixedBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}
const stringType = 8
const arrayType = 9

/** Reads and checks the header of a GGUF file; a bad one is a `model_corrupt` with its reason. */
export async function readGgufHeader(filePath: string): Promise<Result<GgufHeader>> {
  const file = path.basename(filePath)
  let handle
  try {
    handle = await open(filePath, 'r')
  } catch (cause) {
    return fail('storage_failed', { reason: `${file} cannot be opened (${codeOf(cause)})` })
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) return fail('model_corrupt', { file, reason: 'it is not a file' })
    return ok(await parse(new GgufReader(handle, stats.size), stats.size))
  } catch (cause) {
    if (cause instanceof GgufProblem) return fail('model_corrupt', { file, reason: cause.message })
    return fail('storage_failed', { reason: `${file} cannot be read (${codeOf(cause)})` })
  } finally {
    await handle.close()
  }
}

async function parse(reader: GgufReader, fileBytes: number): Promise<GgufHeader> {
  if (fileBytes < 24) throw new GgufProblem('it is too short')
  if ((await reader.number(4)) !== 0x46554747) throw new GgufProblem('it does not begin like a GGUF file')
  const version = await reader.number(4)
  if (version !== 2 && version !== 3) throw new GgufProblem(`its format version ${version} is not supported`)
  const tensorCount = await reader.count(Number.MAX_SAFE_INTEGER, 'number of weights')
  const entryCount = await reader.count(maxEntries, 'number of entries')

  const entries = new Map<string, Scalar>()
  for (let index = 0; index < entryCount; index += 1) {
    const key = await reader.text(maxKeyBytes, keptKeyBytes)
    const value = await readValue(reader, await reader.number(4), keptTexts.includes(key))
    if (value !== null) entries.set(key, value)
  }
  const splits = numberOf(entries, 'split.count') ?? 1
  if (splits > 1) throw new GgufProblem(`it is one of ${splits} parts; join them first`)
  const architecture = textOf(entries, 'general.architecture')
  if (architecture === '') throw new GgufProblem('it does not say which kind of model it is')
  if (architecture === 'clip') throw new GgufProblem('it is an add-on for images, not a chat model')

  const neededBytes = await weightBytes(reader, tensorCount)
  const alignment = numberOf(entries, 'general.alignment') ?? defaultAlignment
  const dataStart = Math.ceil(reader.position / alignment) * alignment
  if (dataStart + neededBytes > fileBytes) throw new GgufProblem('its end is missing')
  return {
    architecture,
    name: textOf(entries, 'general.name').slice(0, 200),
    contextTokens: numberOf(entries, `${architecture}.context_length`),
    hasChatTemplate: textOf(entries, 'tokenizer.chat_template') !== '',
    cacheBytesPerToken: cacheBytesPerToken(entries, architecture),
  }
}

/** Two 16-bit numbers, key and value, for each layer, head and dimension. */
function cacheBytesPerToken(entries: Map<string, Scalar>, architecture: string): number {
  const read = (key: string): number | null => numberOf(entries, `${architecture}.${key}`)
  const layers = read('block_count') ?? 0
  const width = read('embedding_length') ?? 0
  const heads = read('attention.head_count') ?? 1
  const cacheHeads = read('attention.head_count_kv') ?? heads
  const headWidth = read('attention.key_length') ?? width / Math.max(heads, 1)
  return Math.ceil(2 * 2 * layers * cacheHeads * headWidth)
}

/** A single value; null for lists, floats and other types that nobody here asks for. */
async function readValue(reader: GgufReader, type: number, isTextKept: boolean): Promise<Scalar | null> {
  if (type === stringType) return (await reader.text(maxTextBytes, isTextKept ? keptTextBytes : 0)) || null
  if (type === arrayType) {
    await skipList(reader)
    return null
  }
  const bytes = fixedBytes[type]
  if (bytes === undefined) throw new GgufProblem('it holds a value of an unknown kind')
  if (type === 6 || bytes === 8) {
    if (type === 10) return reader.count(Number.MAX_SAFE_INTEGER, 'number')
    await reader.skip(bytes)
    return null
  }
  const value = await reader.number(bytes === 1 ? 1 : bytes === 2 ? 2 : 4, type === 1 || type === 3 || type === 5)
  return type === 7 ? value !== 0 : value
}

async function skipList(reader: GgufReader): Promise<void> {
  const type = await reader.number(4)
  const items = await reader.count(maxItems, 'list length')
  if (type === stringType) {
    for (let index = 0; index < items; index += 1) await reader.skip(await reader.count(maxTextBytes, 'text length'))
    return
  }
  const bytes = fixedBytes[type]
  if (bytes === undefined) throw new GgufProblem('it holds a list of an unknown kind')
  await reader.skip(items * bytes)
}

function textOf(entries: Map<string, Scalar>, key: string): string {
  const value = entries.get(key)
  return typeof value === 'string' ? value : ''
}

function numberOf(entries: Map<string, Scalar>, key: string): number | null {
  const value = entries.get(key)
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown problem'
}
