import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readBounded, storageFailure, writeFileAtomically } from '../../base/files.ts'
import type { Keychain } from '../../base/keychain.ts'
import { accountIdSchema } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { bytesOfText, textOfBytes } from '../../crypto/encoding.ts'
import { wipe } from '../../crypto/keys.ts'
import { newPasswordParameters } from '../../crypto/password.ts'
import { base64Field, timeField } from '../records/fields.ts'
import { labelKeyOf } from './label-key.ts'
import { signedDeviceList } from '../own-devices.ts'
import { packSigned } from '../../crypto/signed-record.ts'
import { boxContents, newVaultKey, openContents } from './vault-boxes.ts'
import type { VaultContents } from './vault-contents.ts'
import type { VaultBody } from './vault-file.ts'
import { Vault } from './vault.ts'

/**
 * What a computer keeps so that it goes on sharing while nobody is signed in.
 *
 * The contents are a vault's without the root key and without the keys of pools. Their key is sealed by
 * the keychain where there is one; otherwise it lies in the same file, of mode 0600, and whoever can
 * read that file can act as this device (docs/decisions/0143).
 */
const fileName = 'service.json'
const maxFileBytes = 8 * 1024 * 1024

const fileSchema = z.object({
  format: z.literal(1),
  accountId: accountIdSchema,
  username: z.string().min(1).max(32),
  createdAtMs: timeField,
  keptAtMs: timeField,
  protection: z.enum(['keychain', 'file']),
  /** The key of the contents: sealed by the keychain, or plain. */
  key: base64Field(8 * 1024),
  contentsBox: base64Field(4 * 1024 * 1024),
})
type ServiceFile = z.output<typeof fileSchema>

/**
 * Writes the service vault of an unlocked account, replacing an older one.
 *
 * Fails with `keychain_unavailable` where there is a keychain that does not seal the key, rather than
 * storing the key unprotected in the file.
 */
export async function keepServiceVault(vault: Vault, keychain: Keychain, nowMs: number): Promise<Result<void>> {
  const key = newVaultKey()
  const hasKeychain = (await keychain.status()) === 'available'
  const sealed = hasKeychain ? await keychain.seal(key) : null
  if (hasKeychain && !sealed) {
    wipe(key)
    return fail('keychain_unavailable')
  }
  const { accountId, username, createdAtMs } = vault.card
  const written = await write(vault.directory, {
    format: 1,
    accountId,
    username,
    createdAtMs,
    keptAtMs: nowMs,
    protection: sealed ? 'keychain' : 'file',
    key: sealed ?? key,
    contentsBox: boxContents(key, forService(vault.contents)),
  })
  wipe(key)
  return written
}

/** Null where there is no service vault or it does not open here. Changes are saved to its own file. */
export async function openServiceVault(directory: string, keychain: Keychain): Promise<Result<ServiceVault | null>> {
  const read = await readFile(directory)
  if (!read.ok) return read
  const file = read.value
  if (!file) return ok(null)
  const vaultKey = file.protection === 'file' ? file.key : await keychain.open(file.key)
  const { accountId, username, createdAtMs, contentsBox } = file
  // A service vault has no password and no recovery phrase, so these fields are placeholders.
  const body: VaultBody = {
    accountId,
    username,
    createdAtMs,
    password: newPasswordParameters({ memoryBytes: 8_192, operations: 1 }),
    passwordBox: new Uint8Array(),
    recoveryBox: null,
    contentsBox,
  }
  const contents = vaultKey && openContents(vaultKey, body)
  if (!contents) return ok(null)
  const save = (changed: VaultBody): Promise<Result<void>> =>
    write(directory, { ...file, contentsBox: changed.contentsBox })
  return ok({ vault: new Vault({ directory, body, vaultKey, contents, save }), keptAtMs: file.keptAtMs })
}

export interface ServiceVault {
  readonly vault: Vault
  readonly keptAtMs: number
}

/**
 * Whether there is a service vault that can be rewritten with the protection it has.
 *
 * False while the keychain that sealed it is missing: rewriting it then would store its key unprotected.
 */
export async function hasServiceVault(directory: string, keychain: Keychain): Promise<boolean> {
  const file = await readFile(directory)
  if (!file.ok || !file.value) return false
  return file.value.protection === 'file' || (await keychain.status()) === 'available'
}

export async function removeServiceVault(directory: string): Promise<Result<void>> {
  try {
    await rm(join(directory, fileName), { force: true })
    return ok()
  } catch (cause) {
    return storageFailure(cause, directory, 0)
  }
}

function forService(contents: VaultContents): VaultContents {
  const list = signedDeviceList(contents)
  if (!list) throw new Error('An unlocked account has a device list')
  return {
    ...contents,
    entropy: null,
    deviceList: packSigned(list),
    labelKey: labelKeyOf(contents),
    previousDevices: [],
    memberships: contents.memberships.map((membership) => ({ ...membership, poolSecretKey: null })),
    successors: undefined,
  }
}

async function readFile(directory: string): Promise<Result<ServiceFile | null>> {
  const file = await readBounded(join(directory, fileName), maxFileBytes)
  if (!file.ok) return file
  if (file.value.state === 'missing') return ok(null)
  if (file.value.state !== 'read') return fail('vault_corrupt')
  try {
    const parsed = fileSchema.safeParse(JSON.parse(textOfBytes(file.value.bytes) ?? ''))
    return parsed.success ? ok(parsed.data) : fail('vault_corrupt')
  } catch {
    // Not JSON: a torn or changed file.
    return fail('vault_corrupt')
  }
}

function write(directory: string, file: ServiceFile): Promise<Result<void>> {
  const text = JSON.stringify(z.encode(fileSchema, file))
  return writeFileAtomically(join(directory, fileName), bytesOfText(text))
}
