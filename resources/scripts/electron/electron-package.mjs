import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectFolder } from '../setup/paths.mjs'

const require = createRequire(join(projectFolder, 'package.json'))

/** The pinned electron package's folder, or nothing while dependencies are not installed. */
export function electronPackageFolder() {
  try {
    return dirname(require.resolve('electron/package.json'))
  } catch {
    // Dependencies are not installed yet.
    return undefined
  }
}

/**
 * Loads a package that the electron package brings along, such as its downloader.
 * @param {string} folder the electron package's folder
 * @param {string} name
 * @returns {Promise<any>}
 */
export function importFromElectron(folder, name) {
  return import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href)
}

/**
 * Unpacks a zip with Electron's own extractor, so that no unzip program is needed.
 * @param {string} zip
 * @param {string} folder
 */
export async function extractZip(zip, folder) {
  const electronFolder = electronPackageFolder()
  if (electronFolder === undefined) throw new Error('the electron package is not installed')
  const { extract } = await importFromElectron(electronFolder, '@electron-internal/extract-zip')
  await extract(zip, { dir: folder })
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function readJson(path) {
  return JSON.parse(await readFile(path, 'utf8'))
}
