import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomically } from '../base/files.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { bytesOfText, fromBase64Url, textOfBytes, toBase64Url } from '../crypto/encoding.ts'
import { randomBytes } from '../crypto/keys.ts'
import { isInProfile, realPath } from './control-address.ts'
import { readPrivateFile } from './private-folder.ts'

/** What the running peer of a profile leaves in it, so that commands of the same user find it and both can prove themselves. */
export interface ControlRecord {
  /** `control.sock`, a path elsewhere, or a named pipe. */
  readonly address: string
  /** 256 random bits of this run. They are never sent. */
  readonly secret: Uint8Array
}

const fileName = 'control.json'
const format = 1
const secretBytes = 32
const maxBytes = 4_096

const versionSchema = z.object({ version: z.number().int() })
const recordSchema = z.object({
  address: z.string().min(1).max(200),
  /** A copy of a profile carries the record of the original, whose peer is not the copy's. */
  profile: z.string().max(2_000),
  secret: z.string().length(43),
})

export function newRecord(address: string): ControlRecord {
  return { address, secret: randomBytes(secretBytes) }
}

/** Mode 0600, replaced whole: a reader never sees half a record. */
export function writeControlRecord(profileDir: string, record: ControlRecord): Promise<Result<void>> {
  const profile = realPath(profileDir)
  const text = JSON.stringify({
    version: format,
    address: record.address,
    profile,
    secret: toBase64Url(record.secret),
  })
  return writeFileAtomically(join(profile, fileName), bytesOfText(text))
}

export async function removeControlRecord(profileDir: string): Promise<void> {
  await rm(join(realPath(profileDir), fileName), { force: true })
}

/** The record of a profile; null where its peer does not run. One that others could have written is refused. */
export async function readControlRecord(profileDir: string): Promise<Result<ControlRecord | null>> {
  const profile = realPath(profileDir)
  const file = await readPrivateFile(join(profile, fileName), maxBytes)
  if (!file.ok) return file
  if (file.value.state === 'missing') return ok(null)
  if (file.value.state === 'foreign') return fail('control_unproved')
  const json = jsonOf(file.value.bytes)
  const version = versionSchema.safeParse(json)
  if (version.success && version.data.version > format) return fail('version_mismatch')
  const parsed = recordSchema.safeParse(json)
  const secret = parsed.success ? fromBase64Url(parsed.data.secret) : null
  if (!parsed.success || secret?.byteLength !== secretBytes) return ok(null)
  const { address } = parsed.data
  const isCopied = !isInProfile(address) && parsed.data.profile !== profile
  return ok(isCopied ? null : { address, secret })
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOfBytes(bytes) ?? '')
  } catch {
    // Damaged: as good as no record. The next start of the peer writes a new one.
    return null
  }
}
