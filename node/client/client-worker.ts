import type { Log } from '../base/log.ts'
import type { Facility } from '../base/facility.ts'
import { Worker } from '../base/worker.ts'
import type { ClientChats } from './chats.ts'

/** The service that sends requests: the chats of the signed-in account. */
export class ClientWorker extends Worker {
  readonly kind = 'client'

  constructor(
    log: Log,
    readonly chats: ClientChats,
  ) {
    super(log)
  }

  protected facilities(): readonly Facility[] {
    return [this.chats]
  }
}
