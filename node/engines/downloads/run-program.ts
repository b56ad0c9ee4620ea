import { spawn } from 'node:child_process'

export type ProgramEnd = { readonly kind: 'ended'; readonly code: number | null } | { readonly kind: 'missing' }

/** Runs a program without a shell until it ends or the signal fires; its output goes to `onOutput`. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { signal: AbortSignal; env?: Readonly<Record<string, string>>; onOutput?: (text: string) => void },
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    const stop = (): void => {
      child.kill('SIGKILL')
    }
    if (options.signal.aborted) stop()
    options.signal.addEventListener('abort', stop, { once: true })
    const hear = (chunk: Buffer): void => options.onOutput?.(chunk.toString('utf8'))
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    const end = (outcome: ProgramEnd): void => {
      options.signal.removeEventListener('abort', stop)
      resolve(outcome)
    }
    child.once('error', () => end({ kind: 'missing' }))
    child.once('close', (code) => end({ kind: 'ended', code }))
  })
}
