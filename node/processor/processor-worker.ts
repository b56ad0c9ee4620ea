import type { Facility } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { Worker } from '../base/worker.ts'
import type { Capabilities } from '../protocol/machines.ts'
import type { Processor } from './processor.ts'

/**
 * The role that runs models for this computer and, when it shares, for the pool.
 *
 * Engines and network are shared with other roles: the composition root starts and stops those.
 */
export class ProcessorWorker extends Worker {
  override readonly kind = 'processor'

  constructor(
    log: Log,
    readonly processor: Processor,
  ) {
    super(log)
  }

  capabilities(): Capabilities {
    return this.processor.capabilities()
  }

  protected override facilities(): readonly Facility[] {
    return [this.processor]
  }
}
