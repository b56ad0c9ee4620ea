import { createLog, type Log } from '../base/log.ts'
import { kithError } from '../contract/errors.ts'
import { exitCodes } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** Peers get a goodbye and the stores their last write, within this time. */
const stopDeadlineMs = 10_000

/** The process as far as a bug concerns it. */
export interface EndingProcess {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (cause: unknown) => void): unknown
  exit(code: number): void
}

export interface EndOnBugOptions {
  readonly process: EndingProcess
  readonly terminal: Terminal
  /** Ends what runs, as Ctrl-C does. */
  readonly end: () => void
  readonly log?: Log
  readonly deadlineMs?: number
}

/**
 * Ends the process after an error that nothing handled: with a record of it, its stores closed in order, and an exit
 * code that reports it.
 *
 * The signal fires at the first such error; requests of others are not waited for then.
 */
export function endOnBug({
  process,
  terminal,
  end,
  log = createLog({ level: 'error' }),
  deadlineMs = stopDeadlineMs,
}: EndOnBugOptions): AbortSignal {
  const failed = new AbortController()
  const record = (cause: unknown): void => {
    const reference = Date.now().toString(36)
    log.fatal({ cause, reference }, 'a bug ended Kith')
    // What goes wrong while it ends is recorded as well, and changes nothing.
    if (failed.signal.aborted) return
    terminal.note(`kith: ${kithError('internal', { reference }).message}`)
    failed.abort()
    // Not held by it: where everything closes in time, the process is gone before.
    setTimeout(() => process.exit(exitCodes.bug), deadlineMs).unref()
    end()
  }
  process.on('uncaughtException', record)
  process.on('unhandledRejection', record)
  return failed.signal
}
