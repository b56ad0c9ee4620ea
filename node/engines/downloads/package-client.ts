import { joinSignals } from '../../base/joined-signal.ts'
import { runProgram } from './run-program.ts'

const lookDeadlineMs = 15_000

/** The installed client of a package index: pip, run by its Python. */
export interface PackageClient {
  readonly program: string
  downloadArgs(name: string, version: string, toDir: string): string[]
  unpackArgs(wheel: string, toDir: string): string[]
}

/** Null where no Python with pip is found. The person's own pip settings, a mirror for example, apply. */
export async function findPackageClient(signal: AbortSignal): Promise<PackageClient | null> {
  for (const program of process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python']) {
    const bounded = joinSignals([signal], lookDeadlineMs)
    const ended = await runProgram(program, ['-m', 'pip', '--version'], { signal: bounded })
    bounded.clear()
    if (ended.kind === 'ended' && ended.code === 0) return pip(program)
  }
  return null
}

function pip(program: string): PackageClient {
  return {
    program,
    downloadArgs: (name, version, toDir) => [
      ...['-m', 'pip', 'download', `${name}==${version}`, '--dest', toDir],
      // Only prebuilt packages: building one would run its code.
      ...['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--no-input', '--disable-pip-version-check'],
      ...['--progress-bar', 'off', '--quiet', '--timeout', '20', '--retries', '2'],
    ],
    unpackArgs: (wheel, toDir) => ['-m', 'zipfile', '-e', wheel, toDir],
  }
}
