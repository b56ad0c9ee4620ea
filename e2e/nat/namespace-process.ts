import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { withDeadline } from '../../node/base/deadline.ts'
import type { Cleanup } from '../harness/run-cleanly.ts'

const readyDeadlineMs = 30_000
const stopDeadlineMs = 10_000

/** Runs a Node program inside a namespace; resolves when it has printed the line that says it is ready. */
export async function startInNamespace(
  cleanup: Cleanup,
  namespace: string,
  args: readonly string[],
  isReady: (line: string) => boolean,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2_000)))
  cleanup.add(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.stdin.end()
    child.kill('SIGTERM')
    if (!(await withDeadline(exited, stopDeadlineMs)).inTime) child.kill('SIGKILL')
  })
  const ready = new Promise<true>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (isReady(line)) resolve(true)
    })
  })
  const first = await withDeadline(Promise.race([ready, exited.then(() => false as const)]), readyDeadlineMs)
  if (!first.inTime || !first.value) throw new Error(`"${args.join(' ')}" did not get ready:\n${said}`)
}
