import { buffer, encode, fixed32, uint, uint48, uint8, type Encoder } from 'compact-encoding'
import { z } from 'zod'
import { deviceIdSchema, planIdSchema, poolIdSchema } from '../../contract/ids.ts'
import { defaultPlanId } from '../../contract/pools.ts'
import { bytesOfText, fromHex, textOfBytes, toHex } from '../../crypto/encoding.ts'
import { poolNameField, publicKeyField, timeField } from './fields.ts'
import { maxSuccessions } from './succession.ts'

/** What an invite says, but for its own key. */
const termsSchema = z.object({
  pool: poolIdSchema,
  generation: z.number().int().min(0).max(maxSuccessions),
  authority: publicKeyField,
  writerDevice: deviceIdSchema,
  role: z.enum(['member', 'guest']),
  plan: planIdSchema,
  usesAllowed: z.number().int().min(1).max(1_000),
  createdAtMs: timeField,
  lifetimeMinutes: z
    .number()
    .int()
    .min(1)
    .max(366 * 24 * 60),
  poolName: poolNameField,
  inviter: z.string().min(1).max(32),
})
export type InviteTerms = z.infer<typeof termsSchema>

const flag = { isGuest: 1, namesPlan: 2, isHandedOver: 4 } as const

/**
 * The terms as few bytes as they can have, since people send them: what is usual takes none.
 *
 * A pool that was never handed over is spoken for by its own key, so that is written once.
 */
const termsEncoding: Encoder<InviteTerms, unknown> = {
  preencode(state, terms) {
    write((encoding, value) => encoding.preencode(state, value), terms)
  },
  encode(state, terms) {
    write((encoding, value) => encoding.encode(state, value), terms)
  },
  decode(state) {
    const flags = uint8.decode(state)
    // What a later version may mean by another flag is not known here.
    if (flags > flag.isGuest + flag.namesPlan + flag.isHandedOver) return null
    const pool = toHex(fixed32.decode(state))
    const isHandedOver = (flags & flag.isHandedOver) !== 0
    return {
      pool,
      generation: isHandedOver ? uint8.decode(state) : 0,
      authority: isHandedOver ? toHex(fixed32.decode(state)) : pool,
      writerDevice: toHex(fixed32.decode(state)),
      role: (flags & flag.isGuest) === 0 ? 'member' : 'guest',
      plan: (flags & flag.namesPlan) === 0 ? defaultPlanId : textIn(buffer.decode(state)),
      usesAllowed: uint.decode(state),
      createdAtMs: uint48.decode(state),
      lifetimeMinutes: uint.decode(state),
      poolName: textIn(buffer.decode(state)),
      inviter: textIn(buffer.decode(state)),
    }
  },
}

function write(put: <T>(encoding: Encoder<T, unknown>, value: T) => void, terms: InviteTerms): void {
  const isHandedOver = terms.generation > 0
  const namesPlan = terms.plan !== defaultPlanId
  const guest = terms.role === 'guest' ? flag.isGuest : 0
  put(uint8, guest | (namesPlan ? flag.namesPlan : 0) | (isHandedOver ? flag.isHandedOver : 0))
  put(fixed32, bytesIn(terms.pool))
  if (isHandedOver) put(uint8, terms.generation)
  if (isHandedOver) put(fixed32, bytesIn(terms.authority))
  put(fixed32, bytesIn(terms.writerDevice))
  if (namesPlan) put(buffer, bytesOfText(terms.plan))
  put(uint, terms.usesAllowed)
  put(uint48, terms.createdAtMs)
  put(uint, terms.lifetimeMinutes)
  put(buffer, bytesOfText(terms.poolName))
  put(buffer, bytesOfText(terms.inviter))
}

export function encodeTerms(terms: InviteTerms): Uint8Array {
  return new Uint8Array(encode(termsEncoding, terms))
}

/** Reads what anybody may have written, to the last byte; null where it is no terms. Never throws. */
export function decodeTerms(bytes: Uint8Array): InviteTerms | null {
  const state = { buffer: bytes, start: 0, end: bytes.byteLength }
  try {
    const terms = termsSchema.safeParse(termsEncoding.decode(state))
    return terms.success && state.start === state.end ? terms.data : null
  } catch {
    // Truncated, or a length beyond the end.
    return null
  }
}

function bytesIn(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (!bytes) throw new Error('Keys of an invite are hexadecimal')
  return bytes
}

/** Null where the bytes are no text: the schema refuses it. */
function textIn(bytes: Uint8Array | null): string | null {
  return bytes && textOfBytes(bytes)
}
