import type { Facility } from '../base/facility.ts'
import type { Log } from '../base/log.ts'
import { Worker } from '../base/worker.ts'
import type { Gateway } from './gateway.ts'

/**
 * The role that takes requests, of programs over HTTP too, and finds a machine for each.
 *
 * Network and engines are shared with other roles: the composition root starts and stops those.
 */
export class GatewayWorker extends Worker {
  override readonly kind = 'gateway'

  constructor(
    log: Log,
    readonly gateway: Gateway,
    private readonly api: Facility,
  ) {
    super(log)
  }

  protected override facilities(): readonly Facility[] {
    return [this.gateway, this.api]
  }
}
