import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { electronPackageFolder, extractZip, importFromElectron, readJson } from './electron-package.mjs'
import { cacheFolder } from '../setup/paths.mjs'
import { describe } from '../setup/problem.mjs'

const firstByteDeadlineMs = 15_000
const stallDeadlineMs = 30_000
/** A refused download is not asked for again on every start; set KITH_ELECTRON_RETRY=1 to ask at once. */
const refusalHoldsMs = 24 * 3_600_000

/** @returns {Promise<import('./electron-runtime.mjs').ElectronRuntime | undefined>} */
export async function findOfficialElectron() {
  const folder = electronPackageFolder()
  if (folder === undefined) return undefined
  try {
    const { version } = await readJson(join(folder, 'package.json'))
    const unpacked = (await readFile(join(folder, 'dist', 'version'), 'utf8')).trim().replace(/^v/, '')
    if (unpacked !== version) return undefined
    const executablePath = join(folder, 'dist', await readFile(join(folder, 'path.txt'), 'utf8'))
    await stat(executablePath)
    return { executablePath, version, origin: 'electron' }
  } catch {
    // No binary there yet: the ordinary state after an install.
    return undefined
  }
}

/**
 * Fetches the pinned package's binary through its own downloader, which checks it against the package's hashes.
 * @param {(line: string) => void} log
 * @returns {Promise<string | undefined>} why it could not be had
 */
export async function fetchOfficialElectron(log) {
  const folder = electronPackageFolder()
  if (folder === undefined) return 'the electron package is not installed'
  const { version } = await readJson(join(folder, 'package.json'))
  const remembered = await rememberedRefusal(version)
  if (remembered !== undefined) return remembered
  try {
    const { downloadArtifact } = await importFromElectron(folder, '@electron/get')
    const checksums = await readJson(join(folder, 'checksums.json'))
    const zip = await withStallDeadline(log, (signal, onProgress) =>
      downloadArtifact({
        version,
        artifactName: 'electron',
        platform: process.platform,
        arch: process.arch,
        checksums,
        downloadOptions: { quiet: true, signal, getProgressCallback: onProgress },
      }),
    )
    await extractZip(zip, join(folder, 'dist'))
    await writeFile(join(folder, 'path.txt'), programPath())
    return undefined
  } catch (error) {
    const reason = causeOf(error)
    await rememberRefusal(version, reason)
    return reason
  }
}

/**
 * @param {(line: string) => void} log
 * @param {(signal: AbortSignal, onProgress: (progress: { percent: number }) => void) => Promise<string>} download
 */
async function withStallDeadline(log, download) {
  const controller = new AbortController()
  const giveUp = () => controller.abort(new Error('no data came for too long'))
  let timer = setTimeout(giveUp, firstByteDeadlineMs)
  let toldPercent = 0
  try {
    return await download(controller.signal, ({ percent }) => {
      clearTimeout(timer)
      timer = setTimeout(giveUp, stallDeadlineMs)
      if (percent * 100 < toldPercent + 20) return
      toldPercent = Math.floor(percent * 100)
      log(`    Electron: ${toldPercent} %`)
    })
  } finally {
    clearTimeout(timer)
  }
}

/** @param {string} version */
async function rememberedRefusal(version) {
  if (process.env.KITH_ELECTRON_RETRY) return undefined
  try {
    const refusal = await readJson(refusalFile())
    const isFresh = refusal.version === version && Date.now() - refusal.at < refusalHoldsMs
    return isFresh ? `${refusal.reason}, asked earlier` : undefined
  } catch {
    // Nothing was refused before.
    return undefined
  }
}

/**
 * @param {string} version
 * @param {string} reason
 */
async function rememberRefusal(version, reason) {
  await mkdir(cacheFolder(), { recursive: true })
  await writeFile(refusalFile(), JSON.stringify({ version, reason, at: Date.now() }))
}

function refusalFile() {
  return join(cacheFolder(), 'electron-refused.json')
}

function programPath() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return process.platform === 'win32' ? 'electron.exe' : 'electron'
}

/** @param {unknown} error */
function causeOf(error) {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${describe(error.cause)}` : ''
  return describe(error) + cause
}
