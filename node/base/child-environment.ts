/**
 * Variables that change how a child starts, or that are meant for this process alone. node-llama-cpp does not
 * load where `CI` is neither true nor false, as where it is set to nothing.
 */
const withheld = /^(KITH_|NODE_)|^(ELECTRON_RUN_AS_NODE|CI)$/

/** The environment a child gets: the person's own, without what steers Electron, Node or this app. */
export function childEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !withheld.test(name)) kept[name] = value
  }
  return kept
}
