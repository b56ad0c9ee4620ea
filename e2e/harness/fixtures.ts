import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { startLocalNetwork } from '../../node/net/local-network.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'
import { slowLayers, tinyGguf } from '../../resources/scripts/real/tiny-gguf.mjs'
import { Install, type InstallOptions } from './install.ts'

interface Fixtures {
  /** A DHT of this test's own, on loopback. */
  readonly network: NetworkOptions
  /** Launches an install that is closed and removed when the test ends. */
  readonly launch: (username: string, options?: Partial<InstallOptions>) => Promise<Install>
  /** Files of the tiny model: one answers with a sentence, the other counts for many seconds, slowly enough to be stopped. */
  readonly tinyModel: { readonly short: string; readonly endless: string }
}

export const test = base.extend<Fixtures>({
  // Playwright reads the names of needed fixtures from this pattern.

  network: async ({}, use) => {
    const local = await startLocalNetwork()
    await use({ host: local.host, bootstrap: local.bootstrap })
    await local.stop()
  },
  launch: async ({ network }, use) => {
    const installs: Install[] = []
    await use(async (username, options) => {
      const install = await Install.launch({ username, network, ...options })
      installs.push(install)
      return install
    })
    for (const install of installs.reverse()) await install.remove()
  },

  tinyModel: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'kith-model-'))
    const short = join(directory, 'tiny.gguf')
    const endless = join(directory, 'tiny-endless.gguf')
    await writeFile(short, tinyGguf())
    await writeFile(endless, tinyGguf({ endless: true, layers: slowLayers }))
    await use({ short, endless })
    await rm(directory, { recursive: true, force: true })
  },
})
export { expect } from '@playwright/test'
