import { z } from 'zod'
import { CodedError } from './coded-error.ts'
import { healthy, type Facility, type Health } from './facility.ts'
import type { Log } from './log.ts'
import { StatusFile } from './status-file.ts'

const runSchema = z.object({
  version: z.string().max(40),
  startedAtMs: z.number(),
  /** Null while it runs; still null at the next start when the process was killed. */
  stoppedAtMs: z.number().nullable(),
})
type Run = z.infer<typeof runSchema>

const statusSchema = z.object({ run: runSchema.nullable(), previousRun: runSchema.nullable() })

/** Keeps the status file of a profile: this run, and how the one before it ended. */
export class RunStatus implements Facility {
  readonly name = 'run-status'
  /** Two processes must never write one status file. */
  readonly needs = ['profile-lock']
  readonly #options: { readonly path: string; readonly version: string; readonly log: Log }
  #file: StatusFile<z.infer<typeof statusSchema>> | null = null
  #isWritable = true

  constructor(options: { readonly path: string; readonly version: string; readonly log: Log }) {
    this.#options = options
  }

  /** The run before this one; null at the first. */
  get previousRun(): Run | null {
    return this.#file?.value.previousRun ?? null
  }

  async start(): Promise<void> {
    const { path, version, log } = this.#options
    const initial = { run: null, previousRun: null }
    const opened = await StatusFile.open({ path, schema: statusSchema, version: 1, initial, log })
    if (!opened.ok) throw new CodedError(opened.error)
    this.#file = opened.value
    const previousRun = opened.value.value.run
    if (previousRun && previousRun.stoppedAtMs === null) log.warn({ previousRun }, 'the last run did not stop properly')
    opened.value.set({ run: { version, startedAtMs: Date.now(), stoppedAtMs: null }, previousRun })
    await this.#flush()
  }

  async stop(): Promise<void> {
    const file = this.#file
    if (!file?.value.run) return
    file.set({ ...file.value, run: { ...file.value.run, stoppedAtMs: Date.now() } })
    await this.#flush()
  }

  health(): Health {
    return this.#isWritable ? healthy : { state: 'degraded', reason: 'The status file cannot be written.' }
  }

  /** A full disk does not keep the peer from running: nothing in this file is needed. */
  async #flush(): Promise<void> {
    const written = await this.#file?.flush()
    this.#isWritable = written?.ok ?? false
    if (written && !written.ok) this.#options.log.warn({ error: written.error }, 'status file could not be written')
  }
}
