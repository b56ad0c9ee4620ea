import { fork } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import { withDeadline } from '../../../node/base/deadline.ts'
import type { Cleanup } from '../../harness/run-cleanly.ts'

const readyDeadlineMs = 30_000
const stopDeadlineMs = 10_000

/** A message event has a second argument: a handle, which nobody sends here. */
const inputSchema = z.tuple([z.object({ input: z.unknown() })]).rest(z.unknown())

/** A running part of a benchmark: what others must know of it, and how to stop it. */
export interface RunningRole {
  readonly ready: unknown
  stop(): Promise<void>
}

/**
 * Runs one part of a benchmark in a process of its own: the same file again, with a role as argument.
 * Returns what it reported when it was ready.
 */
export async function startRole<Ready>(
  cleanup: Cleanup,
  file: string,
  role: string,
  input: unknown,
  readySchema: z.ZodType<Ready>,
): Promise<Ready> {
  const child = fork(file, [role], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exited = once(child, 'exit')
  cleanup.add(async () => {
    if (child.connected) child.disconnect()
    if (!(await withDeadline(exited, stopDeadlineMs)).inTime) child.kill('SIGKILL')
  })
  child.send({ input })
  const first = await withDeadline(Promise.race([once(child, 'message'), exited.then(() => null)]), readyDeadlineMs)
  if (!first.inTime || first.value === null) throw new Error(`The process "${role}" did not get ready`)
  return z.tuple([readySchema]).rest(z.unknown()).parse(first.value)[0]
}

/** The child's side: takes the input, reports that it is ready, and stops when the benchmark disconnects. */
export async function runRole(start: (input: unknown) => Promise<RunningRole>): Promise<void> {
  // Ctrl-C reaches every process of a terminal; the parent ends this one in order.
  process.on('SIGINT', () => undefined)
  const [{ input }] = inputSchema.parse(await once(process, 'message'))
  const released = once(process, 'disconnect')
  const role = await start(input)
  process.send?.(role.ready)
  await released
  await role.stop()
}
