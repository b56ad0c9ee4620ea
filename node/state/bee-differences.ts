import type { BeeReader } from './bee-reader.ts'

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
  reader: BeeReader,
  sinceVersion: number,
  prefix: string,
  parse: (bytes: Uint8Array) => unknown,
): Promise<BeeDifferences> {
  const { version } = reader
  const range = { gte: prefix, lt: `${prefix}\uffff` }
  const differences: BeeDifference[] = []
  if (version <= 1 || version <= sinceVersion) return { differences, version: Math.max(version, sinceVersion) }
  for await (const { key, before, after } of reader.differences(Math.max(1, sinceVersion), version, range)) {
    differences.push({ key, before: before && parse(before), after: after && parse(after) })
  }
  return { differences, version }
}
