import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Model files are what others made, and large. */
const largestBytes = 64 * 1024 * 1024

/** Files under a folder that hold one of the texts in clear, each with which. */
export async function whereFound(directory: string, texts: Readonly<Record<string, string>>): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || (await stat(path)).size > largestBytes) continue
    const bytes = await readFile(path)
    // Text that a page keeps may lie in either width.
    for (const [name, text] of Object.entries(texts)) {
      if (bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le'))) found.push(`${name} in ${path}`)
    }
  }
  return found
}
