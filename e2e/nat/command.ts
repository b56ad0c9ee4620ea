import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const commandDeadlineMs = 20_000

/** Runs a command to its end; throws with its output where it fails. */
export async function command(program: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await run(program, [...args], { timeout: commandDeadlineMs })).stdout
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause)
    throw new Error(`${program} ${args.join(' ')}: ${said}`, { cause })
  }
}
