import type Hyperbee from 'hyperbee'

/** A record that differs between two versions of a bee; null or undefined on the side where it is missing. */
export interface BeeDifference {
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

export interface BeeDifferences {
  readonly differences: BeeDifference[]
  /** The version that was read. */
  readonly version: number
}

/**
 * The records under a prefix that differ from an earlier version; from version 0, all of them.
 *
 * Waits for missing blocks, as any read does.
 */
export async function readDifferences(
  bee: Hyperbee,
  sinceVersion: number,
  prefix: string,
  parse: (bytes: Uint8Array) => unknown,
): Promise<BeeDifferences> {
  const { version } = bee
  const range = { gte: prefix, lt: `${prefix}\uffff` }
  const differences: BeeDifference[] = []
  if (version <= 1 || version === sinceVersion) return { differences, version }
  const now = bee.checkout(version)
  try {
    if (sinceVersion <= 1) {
      for await (const { key, value } of now.createReadStream(range)) {
        differences.push({ key, before: undefined, after: parse(value) })
      }
      return { differences, version }
    }
    for await (const { left, right } of now.createDiffStream(sinceVersion, range)) {
      const key = (left ?? right)?.key
      if (key === undefined) continue
      differences.push({ key, before: right && parse(right.value), after: left && parse(left.value) })
    }
    return { differences, version }
  } finally {
    await now.close()
  }
}
