import { earlyLeaver } from './early-leaver.ts'
import type { HostilePart } from './hostile-part.ts'
import { leaseThief } from './lease-thief.ts'
import { lyingProcessor } from './lying-processor.ts'
import { poisonedBees } from './poisoned-bees.ts'
import { replicationFrames } from './replication-frames.ts'
import { silentReader } from './silent-reader.ts'
import { stranger } from './stranger.ts'
import { wrongClock } from './wrong-clock.ts'

/** Every hostile part by its name: what a hostile install is started with, and what it is ordered to do. */
export const hostileParts = {
  earlyLeaver,
  leaseThief,
  lyingProcessor,
  poisonedBees,
  replicationFrames,
  silentReader,
  stranger,
  wrongClock,
} as const satisfies Record<string, HostilePart>

export type HostileName = keyof typeof hostileParts
