import type { z } from 'zod'
import { earlyLeaver } from './early-leaver.ts'
import type { HostilePart } from './hostile-part.ts'
import { leaseThief } from './lease-thief.ts'
import { lyingGateway } from './lying-gateway.ts'
import { lyingProcessor } from './lying-processor.ts'
import { poisonedBees } from './poisoned-bees.ts'
import { replicationFrames } from './replication-frames.ts'
import { silentReader } from './silent-reader.ts'
import { stranger } from './stranger.ts'
import { textForger } from './forged-text.ts'
import { wrongClock } from './wrong-clock.ts'

/** Every hostile part by its name: what a hostile install is started with, and what it is ordered to do. */
export const hostileParts = {
  earlyLeaver,
  leaseThief,
  lyingGateway,
  lyingProcessor,
  poisonedBees,
  replicationFrames,
  silentReader,
  stranger,
  textForger,
  wrongClock,
} as const satisfies Record<string, HostilePart>

export type HostileName = keyof typeof hostileParts
export type HostileInput<N extends HostileName> = z.input<(typeof hostileParts)[N]['input']>
export type HostileReport<N extends HostileName> = z.output<(typeof hostileParts)[N]['report']>
