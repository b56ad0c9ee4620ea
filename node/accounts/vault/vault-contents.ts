import { z } from 'zod'
import { accountIdSchema, deviceIdSchema, poolIdSchema } from '../../contract/ids.ts'
import { bytesOfText, textOfBytes } from '../../crypto/encoding.ts'
import { maxDevices } from '../records/device-list.ts'
import {
  base64Field,
  countField,
  deviceNameField,
  hexField,
  poolNameField,
  publicKeyField,
  timeField,
} from '../records/fields.ts'
import { entropyBytes } from './recovery-phrase.ts'

/** A pool this account is in. */
export const membershipSchema = z.object({
  poolId: poolIdSchema,
  poolName: poolNameField,
  kind: z.enum(['devices', 'shared']),
  /** Null where this install does not hold the pool's key. */
  poolSecretKey: hexField(64).nullable(),
  /** How this account came in, packed by `packProof`; null for whoever made the pool. */
  inviteProof: base64Field(33_000).nullable(),
  joinedAtMs: timeField,
})

export const ownDeviceSchema = z.object({
  device: deviceIdSchema,
  service: publicKeyField,
  name: deviceNameField,
  addedAtMs: timeField,
  /** When somebody last gave it this name; absent while it has the one it began with. */
  namedAtMs: timeField.optional(),
})

/** A device this install was before its profile was copied or restored. */
const previousDeviceSchema = z.object({
  deviceId: deviceIdSchema,
  /** Kept to read what was sealed to it and to find its cores; nothing is written with it again. */
  deviceSeed: hexField(32),
  retiredAtMs: timeField,
})

/** Version of the contents, raised with each change of their shape. */
const contentsVersion = 2

/** All that the password protects. */
export const vaultContentsSchema = z.object({
  version: z.literal(contentsVersion),
  accountId: accountIdSchema,
  /** The recovery phrase as bytes; null on a device that does not hold the root key. */
  entropy: hexField(entropyBytes).nullable(),
  deviceSeed: hexField(32),
  deviceName: deviceNameField,
  /** The install these keys were made on; see install-marker.ts. */
  installMarker: z.string().min(1).max(64),
  deviceListNumber: countField,
  /** The newest root-signed list this install made or was shown, packed by `packSigned`. */
  deviceList: base64Field(20_000).nullable(),
  devices: z.array(ownDeviceSchema).max(maxDevices),
  /** Restored beside other devices that were not lost: it takes them in as it hears of them; see heard-list.ts. */
  joinsOthers: z.boolean().optional(),
  previousDevices: z.array(previousDeviceSchema).max(maxDevices),
  recoveryPhraseSaved: z.boolean(),
  memberships: z.array(membershipSchema).max(200),
  /** Keys this device has made to take pools over, until it is given them. Absent where there are none. */
  successors: z
    .array(z.object({ poolId: poolIdSchema, secretKey: hexField(64) }))
    .max(200)
    .optional(),
  /** Encrypts what stays on this install: chats, settings, the index. */
  localKey: hexField(32),
  /** Only on a linked device, which has no recovery phrase to derive it from; see label-key.ts. */
  labelKey: hexField(32).optional(),
})

export type Membership = z.output<typeof membershipSchema>
export type OwnDevice = z.output<typeof ownDeviceSchema>
export type VaultContents = z.output<typeof vaultContentsSchema>

export function encodeContents(contents: VaultContents): Uint8Array {
  return bytesOfText(JSON.stringify(z.encode(vaultContentsSchema, contents)))
}

/** Null for anything that is not contents this version understands. */
export function decodeContents(bytes: Uint8Array): VaultContents | null {
  try {
    const value: unknown = JSON.parse(textOfBytes(bytes) ?? '')
    const parsed = vaultContentsSchema.safeParse(migrated(value))
    return parsed.success ? parsed.data : null
  } catch {
    // Not JSON.
    return null
  }
}

/** Brings contents of an older version into the present shape; returns anything else unchanged. */
function migrated(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('version' in value)) return value
  // Version 1 stored no list: every device had the root key and signed the list when needed.
  return value.version === 1 ? { ...value, version: contentsVersion, deviceList: null } : value
}
