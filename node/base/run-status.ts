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

const statusSchema = z.object({ run: runSchema.nullable(), previousRun: runSchema.nullable() })
type Status = z.infer<typeof statusSchema>

/** Keeps the status file of a profile: this run, and how the one before it ended. */
export class RunStatus implements Facility {
  readonly name = 'run-status'
  /** Two processes must never write one status file. */
  readonly needs = ['profile-lock']
  readonly #options: { readonly path: string; readonly version: string; readonly log: Log }
  #file: StatusFile<Status> | null = null
  #isWritable = true

  constructor(options: { readonly path: string; readonly version: string; readonly log: Log }) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { path, version, log } = this.#options
    const initial = { run: null, previousRun: null }
    const opened = await StatusFile.open({ path, schema: statusSchema, version: 1, initial, log })
    if (!opened.ok) throw new CodedError(opened.error)
    this.#file = opened.value
    const previousRun = opened.value.value.run
    if (previousRun && previousRun.stoppedAtMs === null) log.warn({ previousRun }, 'the last run did not stop properly')
    await this.#write({ run: { version, startedAtMs: Date.now(), stoppedAtMs: null }, previousRun })
  }

  async stop(): Promise<void> {
    const status = this.#file?.value
    if (status?.run) await this.#write({ ...status, run: { ...status.run, stoppedAtMs: Date.now() } })
  }

  health(): Health {
    return this.#isWritable ? healthy : { state: 'degraded', reason: 'The status file cannot be written.' }
  }

  /** A full disk does not keep the peer from running: nothing in this file is needed. */
  async #write(status: Status): Promise<void> {
    const written = await this.#file?.write(status)
    this.#isWritable = written?.ok ?? false
    if (written && !written.ok) this.#options.log.warn({ error: written.error }, 'status file could not be written')
  }
}
