import type { Facility } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { Worker } from '../base/worker.ts'

/**
 * The service that runs models for this computer and, when it shares, for the pool.
 *
 * Engines and network are shared with the other services: the composition root starts and stops those.
 */
export class ProcessorWorker extends Worker {
  override readonly kind = 'processor'

  constructor(
    log: Log,
    private readonly processor: Facility,
  ) {
    super(log)
  }

  protected override facilities(): readonly Facility[] {
    return [this.processor]
  }
}
