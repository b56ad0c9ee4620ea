import { build } from 'vite'
import { llamaChildPath } from './llama-child-path.ts'
import path from 'node:path'

/** Builds the llama.cpp child once for all tests, as the app's build does. */
export async function setup(): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(import.meta.dirname, '..', 'llama', 'llama-child.ts'),
      outDir: path.dirname(llamaChildPath),
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'llama-child.js' } },
    },
  })
}
