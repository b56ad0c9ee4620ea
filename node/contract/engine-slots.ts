import type { AppState, EngineSlots } from './state.ts'

/** What a person has chosen with one engine changed, and without engines that are gone. Null takes its usual number. */
export function withSlots(
  { servers }: Pick<AppState['engines'], 'servers'>,
  chosen: EngineSlots,
  engine: string,
  slots: number | null,
): EngineSlots {
  const names = ['ollama', ...servers.map(({ url }) => url)]
  const kept = Object.entries(chosen).filter(([name]) => name !== engine && names.includes(name))
  return Object.fromEntries(slots === null ? kept : [...kept, [engine, slots]])
}
