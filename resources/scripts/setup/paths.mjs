import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout these scripts belong to. */
export const projectFolder = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** True where commands run as root, which Electron refuses. */
export const isRoot = process.getuid?.() === 0

/**
 * Where large downloads are kept, outside the checkout.
 *
 * Root's own home is closed to others, and root starts the app as a normal user who must read this folder.
 */
export function cacheFolder() {
  const { KITH_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (KITH_CACHE) return KITH_CACHE
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'kith')
  if (isRoot) return '/var/cache/kith'
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'kith', 'cache')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'kith')
  return join(homedir(), '.cache', 'kith')
}
