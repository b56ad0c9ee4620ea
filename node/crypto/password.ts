import sodium from 'sodium-native'
import { z } from 'zod'
import { Serial } from '../base/serial.ts'
import { bytesOfText, fromBase64Url, toBase64Url } from './encoding.ts'
import { randomBytes, wipe } from './keys.ts'

/** How much work one guess costs. */
export interface PasswordCost {
  readonly memoryBytes: number
  readonly operations: number
}

/** About a third of a second on a small laptop core; the memory stays affordable beside a loaded model. */
export const defaultPasswordCost: PasswordCost = { memoryBytes: 64 * 1024 * 1024, operations: 3 }

/** Stored beside what the password opens. Bounded, so that a damaged file cannot ask for all memory. */
export const passwordParametersSchema = z.object({
  algorithm: z.literal('argon2id13'),
  salt: z.string().length(22),
  memoryBytes: z
    .number()
    .int()
    .min(8_192)
    .max(1024 * 1024 * 1024),
  operations: z.number().int().min(1).max(20),
})
export type PasswordParameters = z.infer<typeof passwordParametersSchema>

/** Parameters with a fresh salt. */
export function newPasswordParameters(cost: PasswordCost): PasswordParameters {
  const salt = toBase64Url(randomBytes(sodium.crypto_pwhash_SALTBYTES))
  return { algorithm: 'argon2id13', salt, memoryBytes: cost.memoryBytes, operations: cost.operations }
}

/** Each run takes its memory at once, so whoever asks many times must not get it many times. */
const oneAtATime = new Serial()

/** The 32-byte key of a password, off the main thread, one after the other. Null when the salt is malformed. */
export function keyFromPassword(password: string, parameters: PasswordParameters): Promise<Uint8Array | null> {
  return oneAtATime.run(() => derivedKey(password, parameters))
}

async function derivedKey(password: string, parameters: PasswordParameters): Promise<Uint8Array | null> {
  const salt = fromBase64Url(parameters.salt)
  if (salt?.byteLength !== sodium.crypto_pwhash_SALTBYTES) return null
  const key = new Uint8Array(32)
  // Keyboards differ in how they compose accents; the same password must open the vault from all of them.
  const secret = bytesOfText(password.normalize('NFKC'))
  try {
    const { operations, memoryBytes } = parameters
    await sodium.crypto_pwhash_async(key, secret, salt, operations, memoryBytes, sodium.crypto_pwhash_ALG_ARGON2ID13)
  } finally {
    wipe(secret)
  }
  return key
}
