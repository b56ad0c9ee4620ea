import react from '@vitejs/plugin-react'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'electron-vite'

// The oldest Electron the app runs on is 33: Node 20 and Chrome 130.
const nodeTarget = 'node20.18'
const pageTarget = 'chrome130'

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: nodeTarget,
      // Native modules and their loaders only work from node_modules, so every dependency stays there.
      externalizeDeps: true,
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: 'electron/main.ts',
          kith: 'node/cli/kith.ts',
          'llama-child': 'node/engines/llama/llama-child.ts',
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: nodeTarget,
      // A sandboxed preload can require Electron alone and must be CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'electron/bridge/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react(), tailwindcss()],
    build: {
      outDir: 'out/renderer',
      target: pageTarget,
      rolldownOptions: { input: 'renderer/index.html' },
    },
  },
})
