import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, exists, readBounded, storageFailure, writeFileAtomically } from '../base/files.ts'
import { accountIdSchema, type AccountId } from '../contract/ids.ts'
import { ok, type Result } from '../contract/result.ts'
import { bytesOfText, textOfBytes } from '../crypto/encoding.ts'
import { timeField } from './records/fields.ts'
import { previousVaultFileName, readVaultCopies, vaultFileName } from './vault/vault-file.ts'

/** What can be read of an account without its password. */
const cardSchema = z.object({
  format: z.literal(1),
  accountId: accountIdSchema,
  username: z.string().min(1).max(32),
  createdAtMs: timeField,
})
export type AccountCard = Omit<z.infer<typeof cardSchema>, 'format'>

const cardFileName = 'account.json'
const folderName = /^[0-9a-f]{16}$/

export function accountDirectory(profileDir: string, accountId: AccountId): string {
  return join(profileDir, 'accounts', accountId.slice(0, 16))
}

/** All accounts of a profile, oldest first. Skips folders in which both card and vault are damaged. */
export async function readCards(profileDir: string): Promise<Result<AccountCard[]>> {
  const root = join(profileDir, 'accounts')
  let names: string[]
  try {
    names = await readdir(root)
  } catch (cause) {
    return codeOf(cause) === 'ENOENT' ? ok([]) : storageFailure(cause, profileDir, 0)
  }
  const cards: AccountCard[] = []
  for (const name of names.filter((entry) => folderName.test(entry))) {
    const card = await readCard(join(root, name))
    if (card?.accountId.startsWith(name)) cards.push(card)
  }
  return ok(cards.sort((left, right) => left.createdAtMs - right.createdAtMs))
}

/** Falls back to the vault where the card is damaged. */
async function readCard(directory: string): Promise<AccountCard | null> {
  const file = await readBounded(join(directory, cardFileName), 4_096)
  const card = file.ok && file.value.state === 'read' ? parseCard(file.value.bytes) : null
  if (card) return card
  const copies = await readVaultCopies(directory)
  const body = copies.ok ? copies.value[0] : undefined
  return body ? { accountId: body.accountId, username: body.username, createdAtMs: body.createdAtMs } : null
}

export async function writeCard(directory: string, card: AccountCard): Promise<Result<void>> {
  const { accountId, username, createdAtMs } = card
  const text = JSON.stringify({ format: 1, accountId, username, createdAtMs })
  return writeFileAtomically(join(directory, cardFileName), bytesOfText(text))
}

export async function makeDirectory(directory: string): Promise<Result<void>> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    return ok()
  } catch (cause) {
    return storageFailure(cause, directory, 0)
  }
}

/** Renames the vault files to names with the time; nothing is deleted. */
export async function setVaultAside(directory: string, nowMs: number): Promise<Result<void>> {
  const time = new Date(nowMs).toISOString().replace(/[:.]/g, '-')
  try {
    for (const name of [vaultFileName, previousVaultFileName]) {
      const path = join(directory, name)
      const aside = path.replace(/\.json$/, `.corrupt-${time}.json`)
      if (await exists(path)) await rename(path, aside)
    }
    return ok()
  } catch (cause) {
    return storageFailure(cause, directory, 0)
  }
}

function parseCard(bytes: Uint8Array): AccountCard | null {
  try {
    const parsed = cardSchema.safeParse(JSON.parse(textOfBytes(bytes) ?? ''))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON: a torn card. The vault holds the same fields.
    return null
  }
}
