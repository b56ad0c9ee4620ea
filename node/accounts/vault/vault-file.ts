import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readBounded, writeFileAtomically } from '../../base/files.ts'
import { accountIdSchema } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { bytesOfText, textOfBytes, toHex } from '../../crypto/encoding.ts'
import { hash } from '../../crypto/hash.ts'
import { passwordParametersSchema } from '../../crypto/password.ts'
import { base64Field, timeField } from '../records/fields.ts'

/**
 * The vault on disk: what a reader without the password can see, and the boxes.
 *
 * The body is stored as text with a checksum, so that damage can be told from a wrong password and from a
 * newer format before the body is parsed.
 */
export const vaultBodySchema = z.object({
  accountId: accountIdSchema,
  username: z.string().min(1).max(32),
  createdAtMs: timeField,
  password: passwordParametersSchema,
  /** The vault key under the password's key, and under the recovery phrase's where that is known. */
  passwordBox: base64Field(200),
  recoveryBox: base64Field(200).nullable(),
  /** The contents under the vault key. */
  contentsBox: base64Field(4 * 1024 * 1024),
})
export type VaultBody = z.output<typeof vaultBodySchema>

export const vaultFileName = 'vault.json'
export const previousVaultFileName = 'vault.previous.json'
/** Format 1 differs only in its contents, which are migrated when they are opened. */
const vaultFormat = 2
const maxVaultBytes = 8 * 1024 * 1024

const fileSchema = z.object({ format: z.number().int().min(1), checksum: z.string().length(64), body: z.string() })

type Copy = { state: 'intact'; body: VaultBody } | { state: 'missing' | 'damaged' | 'newer' }

/** The intact copies of a vault, newest first; never empty. */
export async function readVaultCopies(directory: string): Promise<Result<readonly VaultBody[]>> {
  const bodies: VaultBody[] = []
  for (const name of [vaultFileName, previousVaultFileName]) {
    const copy = await readCopy(join(directory, name))
    if (!copy.ok) return copy
    if (copy.value.state === 'newer') return fail('vault_newer')
    if (copy.value.state === 'intact') bodies.push(copy.value.body)
  }
  return bodies.length > 0 ? ok(bodies) : fail('vault_corrupt')
}

/** Writes a vault; the copy before it stays as the previous one, unless it is damaged. */
export async function writeVault(directory: string, body: VaultBody): Promise<Result<void>> {
  const path = join(directory, vaultFileName)
  const current = await readCopy(path)
  if (!current.ok) return current
  return writeFileAtomically(path, encodeFile(body), async () => {
    if (current.value.state === 'intact') await rename(path, join(directory, previousVaultFileName))
  })
}

async function readCopy(path: string): Promise<Result<Copy>> {
  const file = await readBounded(path, maxVaultBytes)
  if (!file.ok) return file
  if (file.value.state === 'read') return ok(decodeFile(file.value.bytes))
  return ok({ state: file.value.state === 'missing' ? 'missing' : 'damaged' })
}

function encodeFile(body: VaultBody): Uint8Array {
  const text = JSON.stringify(z.encode(vaultBodySchema, body))
  return bytesOfText(JSON.stringify({ format: vaultFormat, checksum: checksumOf(vaultFormat, text), body: text }))
}

function decodeFile(bytes: Uint8Array): Copy {
  try {
    const file = fileSchema.safeParse(JSON.parse(textOfBytes(bytes) ?? ''))
    if (!file.success) return { state: 'damaged' }
    const { format, checksum, body } = file.data
    if (checksumOf(format, body) !== checksum) return { state: 'damaged' }
    if (format > vaultFormat) return { state: 'newer' }
    const parsed = vaultBodySchema.safeParse(JSON.parse(body))
    return parsed.success ? { state: 'intact', body: parsed.data } : { state: 'damaged' }
  } catch {
    // Not JSON: a torn or changed file.
    return { state: 'damaged' }
  }
}

function checksumOf(format: number, body: string): string {
  return toHex(hash('kith/vault-file', bytesOfText(String(format)), bytesOfText(body)))
}
