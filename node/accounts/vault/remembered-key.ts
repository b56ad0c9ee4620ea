import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { exists, readBounded, storageFailure, writeFileAtomically } from '../../base/files.ts'
import type { Keychain } from '../../base/keychain.ts'
import { accountIdSchema, type AccountId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { bytesOfText, textOfBytes } from '../../crypto/encoding.ts'
import { wipe } from '../../crypto/keys.ts'
import { base64Field, hexField } from '../records/fields.ts'

/**
 * "Remember me": the vault key, never the password, sealed by the keychain of the computer.
 *
 * The box is stored beside the vault; only the keychain that sealed it can open it.
 */
const fileName = 'remembered.json'
const maxFileBytes = 16 * 1024

const fileSchema = z.object({ format: z.literal(1), box: base64Field(8 * 1024) })
const sealedSchema = z.object({ accountId: accountIdSchema, vaultKey: hexField(32) })

export async function rememberKey(
  keychain: Keychain,
  directory: string,
  opened: { readonly accountId: AccountId; readonly vaultKey: Uint8Array },
): Promise<Result<void>> {
  if ((await keychain.status()) !== 'available') return fail('keychain_unavailable')
  const plaintext = bytesOfText(JSON.stringify(z.encode(sealedSchema, opened)))
  const box = await keychain.seal(plaintext)
  wipe(plaintext)
  if (!box) return fail('keychain_unavailable')
  const file = JSON.stringify(z.encode(fileSchema, { format: 1, box }))
  return writeFileAtomically(join(directory, fileName), bytesOfText(file))
}

/** The remembered vault key; `keychain_unavailable` where there is none or the keychain does not open it. */
export async function rememberedKey(
  keychain: Keychain,
  directory: string,
  accountId: AccountId,
): Promise<Result<Uint8Array>> {
  const file = await readBounded(join(directory, fileName), maxFileBytes)
  if (!file.ok) return file
  const kept = file.value.state === 'read' ? parse(fileSchema, file.value.bytes) : null
  if (!kept || (await keychain.status()) !== 'available') return fail('keychain_unavailable')
  const plaintext = await keychain.open(kept.box)
  const sealed = plaintext ? parse(sealedSchema, plaintext) : null
  if (plaintext) wipe(plaintext)
  return sealed?.accountId === accountId ? ok(sealed.vaultKey) : fail('keychain_unavailable')
}

export async function forgetKey(directory: string): Promise<Result<void>> {
  try {
    await rm(join(directory, fileName), { force: true })
    return ok()
  } catch (cause) {
    return storageFailure(cause, directory, 0)
  }
}

export function hasRememberedKey(directory: string): Promise<boolean> {
  return exists(join(directory, fileName))
}

function parse<S extends z.ZodType>(schema: S, bytes: Uint8Array): z.output<S> | null {
  try {
    const parsed = schema.safeParse(JSON.parse(textOfBytes(bytes) ?? ''))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON: a torn file, or a box that another keychain opened.
    return null
  }
}
