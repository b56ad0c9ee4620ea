import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Arch, type AfterPackContext } from 'electron-builder'

/** Without one of these the app starts and then fails at its first connection, first save or first answer. */
const neededAddons = ['sodium-native', 'udx-native', 'rocksdb-native', 'llama-addon']

/** Refuses a package that lacks an addon, or carries one of another platform. */
export async function checkAddons({
  appOutDir,
  electronPlatformName,
  arch,
  packager,
}: AfterPackContext): Promise<void> {
  const machine = Arch[arch]
  // Prebuilds say darwin and win32 where node-llama-cpp says mac and win.
  const shortNames: Partial<Record<string, string>> = { darwin: 'mac', win32: 'win' }
  const names = [electronPlatformName, shortNames[electronPlatformName] ?? electronPlatformName]
  const wanted = [...new Set(names)].map((name) => `${name}-${machine}`)
  const unpacked = join(packager.getResourcesDir(appOutDir), 'app.asar.unpacked')
  const addons = (await readdir(unpacked, { recursive: true })).filter((path) => path.endsWith('.node'))

  for (const name of neededAddons) {
    if (addons.some((path) => path.endsWith(`${sep}${name}.node`))) continue
    throw new Error(`The package lacks ${name}.node for ${wanted.join(' or ')}.`)
  }
  for (const path of addons) {
    const folder = path.split(sep).at(-2) ?? ''
    if (wanted.some((target) => folder.includes(target))) continue
    throw new Error(`The package carries an addon of another platform: ${path}.`)
  }
}
