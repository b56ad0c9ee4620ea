import { fork, type ChildProcess, type ForkOptions } from 'node:child_process'
import { basename, join } from 'node:path'
import { build } from 'vite'

/** Starts a TypeScript file as a process of its own, with arguments; the caller ends it. */
export async function startChild(
  file: string,
  args: readonly string[],
  options: Pick<ForkOptions, 'env' | 'silent'> = {},
): Promise<ChildProcess> {
  const name = basename(file, '.ts')
  const outDir = join(import.meta.dirname, `../../../node_modules/.cache/kith-${name}`)
  await build({ configFile: false, logLevel: 'error', build: { ssr: file, outDir, emptyOutDir: true } })
  return fork(join(outDir, `${name}.js`), args, { execArgv: [], ...options })
}
