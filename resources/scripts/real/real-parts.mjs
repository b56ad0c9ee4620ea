// What the scripts for tests with real parts share: finding and running programs.
import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Problem } from '../setup/problem.mjs'

const keptOutputCharacters = 8_000

/**
 * Absolute path of a program on PATH, or null.
 * @param {string} name
 * @returns {Promise<string | null>}
 */
export async function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const file = join(folder, name)
    if (await isThere(file, constants.X_OK)) return file
  }
  return null
}

/**
 * @param {string} file
 * @param {number} [mode]
 */
export function isThere(file, mode = constants.F_OK) {
  return access(file, mode).then(
    () => true,
    () => false,
  )
}

/**
 * Runs one step; says on standard error what it does and how long it took. Standard output stays for results.
 * @param {string} title
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export async function runStep(title, program, args, env = {}) {
  const startedAtMs = performance.now()
  process.stderr.write(`${title} … `)
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (/** @type {Buffer} */ chunk) => {
    output = (output + chunk.toString('utf8')).slice(-keptOutputCharacters)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  process.stderr.write(`${((performance.now() - startedAtMs) / 1000).toFixed(1)} s\n`)
  if (code !== 0) throw new Problem(`${title} failed (${program} ended with ${code}):\n${output}`)
}
