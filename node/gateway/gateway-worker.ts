import type { Facility } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { Worker } from '../base/worker.ts'

/**
 * The service that takes requests, of programs over HTTP too, and finds a machine for each.
 *
 * Network and engines are shared with the other services: the composition root starts and stops those.
 */
export class GatewayWorker extends Worker {
  override readonly kind = 'gateway'

  constructor(
    log: Log,
    private readonly gateway: Facility,
    private readonly api: Facility,
  ) {
    super(log)
  }

  protected override facilities(): readonly Facility[] {
    return [this.gateway, this.api]
  }
}
