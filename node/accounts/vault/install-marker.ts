import { mkdir, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BigIntStats } from 'node:fs'
import { z } from 'zod'
import { readBounded, storageFailure } from '../../base/files.ts'
import { ok, type Result } from '../../contract/result.ts'
import { textOfBytes, toHex } from '../../crypto/encoding.ts'
import { randomBytes } from '../../crypto/keys.ts'
import { readMachineId } from './machine-id.ts'

/**
 * Tells an install from a copy of it.
 *
 * The marker file records its own inode, its birth time and the machine. Renaming the profile changes none
 * of them; copying or restoring it changes at least one. Device numbers are left out:
 * they change with the order in which disks are found (docs/decisions/0062).
 */
export interface InstallMarker {
  readonly marker: string
  readonly state: 'fresh' | 'same' | 'copied'
}

export const markerFileName = 'install.json'
const maxMarkerBytes = 4_096
/** Recorded where the file system has no birth times. */
const unknownBirth = '0'

const markerSchema = z.object({
  format: z.literal(1),
  marker: z.string().regex(/^[0-9a-f]{32}$/),
  machine: z.string().max(64),
  inode: z.string().max(40),
  bornNs: z.string().max(40),
})
type MarkerFile = z.infer<typeof markerSchema>

/** Reads the profile's marker; writes a new one where there is none or where the profile was copied. */
export async function checkInstallMarker(
  profileDir: string,
  machineId: () => Promise<string> = readMachineId,
): Promise<Result<InstallMarker>> {
  const path = join(profileDir, markerFileName)
  const machine = await machineId()
  const file = await readBounded(path, maxMarkerBytes)
  if (!file.ok) return file
  try {
    if (file.value.state === 'missing') {
      await mkdir(profileDir, { recursive: true, mode: 0o700 })
      return ok({ marker: await writeMarker(path, machine), state: 'fresh' })
    }
    const known = file.value.state === 'read' ? parseMarker(file.value.bytes) : null
    const place = await stat(path, { bigint: true })
    if (known && isInPlace(known, place, machine)) return ok({ marker: known.marker, state: 'same' })
    await rm(path)
    return ok({ marker: await writeMarker(path, machine), state: 'copied' })
  } catch (cause) {
    return storageFailure(cause, profileDir, maxMarkerBytes)
  }
}

function isInPlace(known: MarkerFile, place: BigIntStats, machine: string): boolean {
  const sameBirth = known.bornNs === unknownBirth || known.bornNs === String(place.birthtimeNs)
  return known.machine === machine && known.inode === String(place.ino) && sameBirth
}

/** Written in place, never renamed, because the file records its own inode. A torn one counts as copied. */
async function writeMarker(path: string, machine: string): Promise<string> {
  const marker = toHex(randomBytes(16))
  const handle = await open(path, 'wx', 0o600)
  try {
    const before = await handle.stat({ bigint: true })
    const content = (bornNs: string): string =>
      JSON.stringify({ format: 1, marker, machine, inode: String(before.ino), bornNs } satisfies MarkerFile)
    await handle.write(content(String(before.birthtimeNs)), 0)
    await handle.sync()
    const after = await handle.stat({ bigint: true })
    // Some systems without birth times report the last change instead, which this write has moved.
    if (after.birthtimeNs !== before.birthtimeNs) {
      await handle.truncate(0)
      await handle.write(content(unknownBirth), 0)
      await handle.sync()
    }
  } finally {
    await handle.close()
  }
  return marker
}

function parseMarker(bytes: Uint8Array): MarkerFile | null {
  try {
    const parsed = markerSchema.safeParse(JSON.parse(textOfBytes(bytes) ?? ''))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON: a torn marker.
    return null
  }
}
