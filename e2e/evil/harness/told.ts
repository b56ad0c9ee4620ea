import type { Person, Scene } from './scene.ts'

/**
 * The codes of everything that the victim's user can read about somebody: in the state that the window shows, or
 * in a sentence that was shown once. Who it was has to stand beside the code, by name or by key.
 */
export async function toldAbout(scene: Scene, who: Person): Promise<string[]> {
  const { install } = scene.victim
  const said = [await install.state(), await install.part.order('notices', {})]
  const names = [who.username, who.deviceId, who.accountId]
  const codes = new Set<string>()
  const look = (value: unknown, around: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { code } = value as { code?: unknown }
    const context = JSON.stringify([value, around])
    if (typeof code === 'string' && names.some((name) => context.includes(name))) codes.add(code)
    // A list names many people; only what stands with the code in one record counts.
    for (const one of Object.values(value)) look(one, Array.isArray(value) ? null : value)
  }
  look(said, null)
  return [...codes]
}
