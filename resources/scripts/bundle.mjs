import { join } from 'node:path'
import { projectFolder } from './setup/paths.mjs'

/**
 * Bundles TypeScript entries for plain Node, every dependency left in node_modules.
 * @param {string[]} entries paths in the checkout
 * @param {string} outFolder
 */
export async function bundleForNode(entries, outFolder) {
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: projectFolder,
    logLevel: 'error',
    ssr: { external: true },
    build: {
      ssr: true,
      target: 'node20.18',
      outDir: join(projectFolder, outFolder),
      emptyOutDir: true,
      sourcemap: true,
      rolldownOptions: {
        input: entries.map((entry) => join(projectFolder, entry)),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  })
}
