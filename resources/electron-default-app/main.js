// Stands in for Electron's own default app, which the registry-shipped runtime lacks.
// It is a module with top-level await because Electron holds `ready` back until such a module is done.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const require = createRequire(import.meta.url)

/** @type {string[]} */
const preloaded = []
/** @type {string | undefined} */
let folder
for (let index = 1; index < process.argv.length && folder === undefined; index++) {
  const argument = process.argv[index] ?? ''
  if (argument === '-r' || argument === '--require') preloaded.push(process.argv[++index] ?? '')
  else if (argument.startsWith('--require=')) preloaded.push(argument.slice('--require='.length))
  else if (!argument.startsWith('-')) folder = resolve(argument)
}
if (process.argv.includes('--version')) {
  process.stdout.write(`v${process.versions.electron}\n`)
  process.exit(0)
}
if (folder === undefined) {
  process.stderr.write('This Electron needs the folder of an app as its first argument.\n')
  process.exit(1)
}

for (const path of preloaded) require(resolve(path))
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
app.setName(manifest.productName ?? manifest.name)
// Electron's own default app calls these two, which its types leave out.
const host = /** @type {Electron.App & { setVersion(version: string): void, setAppPath(folder: string): void }} */ (app)
host.setVersion(manifest.version)
host.setAppPath(folder)
Object.defineProperty(process, 'defaultApp', { value: true, configurable: true, enumerable: true })
await import(pathToFileURL(resolve(folder, manifest.main ?? 'index.js')).href)
