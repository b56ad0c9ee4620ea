import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { tinyGguf, type TinyGgufOptions } from '../../../resources/scripts/real/tiny-gguf.mjs'

export { tinyEndlessSentence, tinySentence } from '../../../resources/scripts/real/tiny-gguf.mjs'

/** Writes the tiny model into a folder and returns its path. */
export async function writeTinyModel(folder: string, options: TinyGgufOptions = {}): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, options.endless ? 'tiny-endless.gguf' : 'tiny.gguf')
  await writeFile(file, tinyGguf(options))
  return file
}
