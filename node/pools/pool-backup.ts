import { z } from 'zod'
import { hexField, timeField } from '../accounts/records/fields.ts'
import { maxSuccessions } from '../accounts/records/succession.ts'
import { accountIdSchema } from '../contract/ids.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { bytesOfText, fromBase64Url, textOfBytes, toBase64Url, toHex } from '../crypto/encoding.ts'
import { hash } from '../crypto/hash.ts'
import { wipe } from '../crypto/keys.ts'
import {
  defaultPasswordCost,
  keyFromPassword,
  newPasswordParameters,
  passwordParametersSchema,
  type PasswordCost,
} from '../crypto/password.ts'
import { openSecretBox, secretBox } from '../crypto/seal.ts'
import { readKeysSchema, signedTextSchema } from './pool/records.ts'

/** Largest backup in characters; the contract accepts no longer text. */
export const maxBackupLength = 4 * 1024 * 1024
const firstLine = 'Kith pool backup 1'
const anyFirstLine = /^Kith pool backup \d+$/
const lineLength = 76
const checksumLength = 16
const context = bytesOfText('kith/pool-backup/1')

/** Everything that makes another device of the owner the writer of a pool's directory. */
const contentsSchema = z.object({
  madeAtMs: timeField,
  owner: accountIdSchema,
  poolSecretKey: hexField(64),
  /** The pool-signed header the backup was made under. */
  header: signedTextSchema,
  /** Every change of owner up to the key above; absent in backups of pools that had none. */
  successions: z.array(signedTextSchema).max(maxSuccessions).default([]),
  /** The directory's position when the backup was made, to compare it with another copy. */
  place: z.object({
    headerEpoch: z.number().int(),
    epoch: z.number().int(),
    version: z.number().int().nonnegative(),
  }),
  /** Read keys of all epochs the device held, the latest last. */
  readKeys: z.array(readKeysSchema).min(1).max(10_000),
  records: z.array(z.object({ key: z.string().max(400), value: z.unknown() })).max(200_000),
})
export type BackupContents = z.output<typeof contentsSchema>

const boxSchema = z.object({ password: passwordParametersSchema, box: z.string() })

/** Encrypts a backup under its own password; `too_large` over 4 MiB. */
export async function sealBackup(
  contents: BackupContents,
  password: string,
  cost: PasswordCost = defaultPasswordCost,
): Promise<Result<string>> {
  const parameters = newPasswordParameters(cost)
  const key = await keyFromPassword(password, parameters)
  if (!key) throw new Error('Fresh parameters always have a salt')
  const plaintext = bytesOfText(JSON.stringify(z.encode(contentsSchema, contents)))
  const box = toBase64Url(secretBox(key, plaintext, context))
  wipe(key)
  wipe(plaintext)
  const body = toBase64Url(bytesOfText(JSON.stringify({ password: parameters, box })))
  const text = [firstLine, ...linesOf(body), checksumOf(body), ''].join('\n')
  return text.length <= maxBackupLength ? ok(text) : fail('too_large', { limit: '4 MiB' })
}

/**
 * Opens a backup.
 *
 * The checksum tells a damaged backup (`backup_malformed`) from a wrong password (`backup_password_wrong`);
 * a later format is `version_mismatch`.
 */
export async function openBackup(text: string, password: string): Promise<Result<BackupContents>> {
  if (text.length > maxBackupLength) return fail('backup_malformed')
  const lines = text.split(/\s*\n\s*/).filter((line) => line !== '')
  const [first = '', checksum = ''] = [lines[0]?.trim(), lines.at(-1)?.trim()]
  if (!anyFirstLine.test(first)) return fail('backup_malformed')
  if (first !== firstLine) return fail('version_mismatch')
  const body = lines.slice(1, -1).join('')
  if (checksumOf(body) !== checksum) return fail('backup_malformed')
  const sealed = boxSchema.safeParse(jsonOf(fromBase64Url(body)))
  const box = sealed.success ? fromBase64Url(sealed.data.box) : null
  if (!sealed.success || !box) return fail('backup_malformed')
  const key = await keyFromPassword(password, sealed.data.password)
  if (!key) return fail('backup_malformed')
  const plaintext = openSecretBox(key, box, context)
  wipe(key)
  if (!plaintext) return fail('backup_password_wrong')
  const contents = contentsSchema.safeParse(jsonOf(plaintext))
  wipe(plaintext)
  return contents.success ? ok(contents.data) : fail('backup_malformed')
}

function linesOf(body: string): string[] {
  return body.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
}

function checksumOf(body: string): string {
  return toHex(hash('kith/pool-backup-checksum/1', bytesOfText(body))).slice(0, checksumLength)
}

function jsonOf(bytes: Uint8Array | null): unknown {
  try {
    return bytes === null ? null : JSON.parse(textOfBytes(bytes) ?? '')
  } catch {
    // Not JSON: the schema refuses null.
    return null
  }
}
