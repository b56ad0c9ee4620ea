// A real Ollama with the test model made in it, for tests with real parts.
//
// Use: node resources/scripts/real/real-ollama.mjs     prints where everything is, as JSON
import { spawn } from 'node:child_process'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../setup/paths.mjs'
import { Problem, runMain } from '../setup/problem.mjs'
import { ensureRealModel, suggestedEntry } from './real-model.mjs'
import { ensureOllama } from './real-ollama-build.mjs'
import { runStep } from './real-parts.mjs'

const modelName = 'kith-real'
/** The same model without its stops: it goes on until its limit. */
const endlessModelName = 'kith-real-endless'
const startDeadlineMs = 20_000

/**
 * @typedef {object} RealOllama
 * @property {string} ollamaPath
 * @property {string} modelsDir
 * @property {string} modelName
 * @property {string} endlessModelName answers without an end of its own
 * @property {string} ggufPath
 *
 * @typedef {object} RunningOllama
 * @property {string} url
 * @property {number} processGroup of the server and the runners it starts
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop ends it and waits until it is gone
 */

/**
 * The program, its model store with the test models made in it, and the models' names.
 * @returns {Promise<RealOllama>}
 */
export async function ensureRealOllama() {
  const ggufPath = await ensureRealModel()
  const ollamaPath = await ensureOllama()
  const modelsDir = join(cacheFolder(), 'ollama-models')
  await mkdir(modelsDir, { recursive: true })
  const { template } = await suggestedEntry()
  await ensureModel(ollamaPath, modelsDir, modelName, modelfile(ggufPath, template, template.stops))
  await ensureModel(ollamaPath, modelsDir, endlessModelName, modelfile(ggufPath, template, []))
  return { ollamaPath, modelsDir, modelName, endlessModelName, ggufPath }
}

/**
 * Makes a model in Ollama, unless it was made from this very text before.
 * @param {string} ollamaPath
 * @param {string} modelsDir
 * @param {string} name
 * @param {string} text
 */
async function ensureModel(ollamaPath, modelsDir, name, text) {
  const made = join(modelsDir, `${name}.Modelfile`)
  if ((await readFile(made, 'utf8').catch(() => '')) === text) return
  const server = await serveOllama({ ollamaPath, modelsDir })
  try {
    const next = `${made}.next`
    await writeFile(next, text)
    const args = ['create', name, '-f', next]
    await runStep(`Making the test model ${name} in Ollama`, ollamaPath, args, {
      OLLAMA_HOST: new URL(server.url).host,
    })
    await rename(next, made)
  } finally {
    await server.stop()
  }
}

/**
 * The Modelfile that makes a base model answer, and stop where it is told to, from the catalogue's template.
 * @param {string} ggufPath
 * @param {import('./real-model.mjs').Entry['template']} template
 * @param {readonly string[]} stops
 */
function modelfile(ggufPath, template, stops) {
  const question = template.user.replace('{text}', '{{ .Content }}')
  const answer = template.assistant.replace('{text}', '{{ .Content }}')
  const ends = stops.map((stop) => `PARAMETER stop ${JSON.stringify(stop)}`)
  return `FROM ${ggufPath}
TEMPLATE """${template.prefix}
{{- range $i, $_ := .Messages }}
{{- $last := eq (len (slice $.Messages $i)) 1 }}
{{- if eq .Role "assistant" }}${answer}
{{- else }}${question}{{ if $last }}${template.answer}{{ end }}
{{- end }}
{{- end }}"""
PARAMETER num_ctx 2048
PARAMETER num_predict 256
PARAMETER temperature ${template.temperature}
${ends.join('\n')}
`
}

/**
 * Starts an Ollama of our own, on a free port unless one is named.
 * @param {{ ollamaPath: string, modelsDir: string, port?: number, parallel?: string | null }} options `parallel`: how many
 *   answers it computes at once, four unless said; null leaves it as Ollama comes
 * @returns {Promise<RunningOllama>}
 */
export async function serveOllama(options) {
  const host = `127.0.0.1:${options.port ?? (await freePort())}`
  const url = `http://${host}`
  const { parallel = '4' } = options
  const env = { OLLAMA_HOST: host, OLLAMA_MODELS: options.modelsDir, OLLAMA_NUM_PARALLEL: parallel ?? undefined }
  const child = spawn(options.ollamaPath, ['serve'], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
    // Its own process group: the runner that Ollama starts must end with it.
    detached: true,
  })
  let hasExited = false
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => {
    const end = () => {
      hasExited = true
      resolve()
    }
    child.once('exit', end)
    child.once('error', end)
  })
  const stop = async (/** @type {NodeJS.Signals} */ signal = 'SIGTERM') => {
    if (!hasExited && child.pid !== undefined) process.kill(-child.pid, signal)
    await exited
  }
  const deadlineMs = performance.now() + startDeadlineMs
  const isComing = () => performance.now() < deadlineMs && !hasExited
  while (isComing()) {
    const isUp = await fetch(`${url}/api/version`).then(
      (response) => response.ok,
      () => false,
    )
    if (isUp && child.pid !== undefined) return { url, processGroup: child.pid, stop }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop('SIGKILL')
  throw new Problem('Ollama did not come up')
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  runMain(async () => {
    console.log(JSON.stringify(await ensureRealOllama()))
  })
}
