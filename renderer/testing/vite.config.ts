import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The policy of the app, so that page tests fail where the app would. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"

/** Builds and serves the page with a fake peer behind it; never part of the product. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [react(), tailwind()],
  build: {
    target: 'chrome130',
    outDir: fileURLToPath(new URL('../../out/window-harness', import.meta.url)),
    emptyOutDir: true,
    rolldownOptions: { input: fileURLToPath(new URL('./index.html', import.meta.url)) },
  },
  preview: { host: '127.0.0.1', port: 4178, strictPort: true, headers: { 'content-security-policy': contentPolicy } },
})
