import type { EngineHub } from '../engines/engine-hub.ts'
import type { Capabilities } from '../protocol/machines.ts'
import type { Scheduler } from './scheduler.ts'

/** How busy this computer is. */
export interface MachineLoad {
  readonly active: number
  readonly waiting: number
  readonly slots: number
}

export function loadOf(hub: Pick<EngineHub, 'models' | 'engineFor'>, scheduler: Scheduler): MachineLoad {
  const engines = new Set(hub.models().map((model) => hub.engineFor(model.name)))
  let slots = 0
  for (const engine of engines) slots += engine?.slots ?? 0
  return { active: scheduler.activeCount, waiting: scheduler.waitingCount, slots }
}

/** What others may know of this computer. While it does not share they learn nothing about its models. */
export function capabilitiesOf(
  machineName: string,
  isSharing: boolean,
  hub: Pick<EngineHub, 'models'>,
  load: MachineLoad,
): Omit<Capabilities, 'runId' | 'sequence'> {
  return {
    machineName,
    isSharing,
    models: isSharing ? hub.models() : [],
    slots: load.slots,
    activeAnswers: load.active,
    waitingAnswers: load.waiting,
  }
}
