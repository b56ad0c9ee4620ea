import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Builds the page with a fake peer behind it, as React's development build; never part of the product. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [react(), tailwind()],
  build: {
    target: 'chrome130',
    outDir: fileURLToPath(new URL('../../out/window-harness', import.meta.url)),
    emptyOutDir: true,
    rolldownOptions: { input: fileURLToPath(new URL('./index.html', import.meta.url)) },
  },
})
