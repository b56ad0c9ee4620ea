import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { projectFolder } from './setup/paths.mjs'
import { Problem } from './setup/problem.mjs'
import { capture } from './setup/run-command.mjs'

const sources = [
  'electron',
  'node',
  'renderer',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]
const stampFile = join(projectFolder, 'out', '.source-hash')
const buildDeadlineMs = 5 * 60_000

/**
 * Builds the app into out/, unless nothing changed since the last build.
 * @param {import('./setup/progress.mjs').Progress} progress
 * @returns {Promise<string>} the hash of what was built
 */
export async function ensureBuild(progress) {
  const hash = await hashSources(sources)
  const built = await readFile(stampFile, 'utf8').catch(() => undefined)
  if (built === hash) return hash
  await progress.step('Building', build)
  await writeFile(stampFile, hash)
  return hash
}

/** Builds in any case. */
export async function build() {
  const command = join(projectFolder, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const result = await capture(process.execPath, [command, 'build'], {
    cwd: projectFolder,
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    timeoutMs: buildDeadlineMs,
  })
  if (result.code !== 0) throw new Problem(`The build failed:\n${result.output.trim()}`)
}

/**
 * @param {string[]} paths files and folders of the checkout
 */
export async function hashSources(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of await listFiles(join(projectFolder, path))) {
      hash
        .update(relative(projectFolder, file))
        .update('\0')
        .update(await readFile(file))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function listFiles(path) {
  // A file has no entries, and says so.
  const entries = await readdir(path).catch(() => undefined)
  if (entries === undefined) return [path]
  const nested = await Promise.all(
    entries.filter((entry) => !/\.test\.tsx?$/.test(entry)).map((entry) => listFiles(join(path, entry))),
  )
  return nested.flat().sort()
}
