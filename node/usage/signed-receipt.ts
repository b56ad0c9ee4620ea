import { z } from 'zod'
import { attemptIdSchema, type AttemptId, type DeviceId } from '../contract/ids.ts'
import { receiptSchema, type Receipt, type ReceiptState } from '../contract/usage.ts'
import { bytesOfText, fromBase64Url, fromHex, joinBytes, toBase64Url } from '../crypto/encoding.ts'
import { sign, verify } from '../crypto/sign.ts'
import type { WireReceipt } from '../protocol/messages/usage-messages.ts'

/** A receipt with the exact text that was signed, and the signatures over it. */
export interface SignedReceipt {
  readonly receipt: Receipt
  readonly record: string
  readonly processor: Uint8Array | null
  readonly gateway: Uint8Array | null
}

const recordVersion = 1

/** Fields in their order on the wire. Later versions only append fields; unknown ones are ignored. */
const recordFields = [
  'requestId',
  'attempt',
  'poolId',
  'accountId',
  'keyId',
  'model',
  'modelDigest',
  'processorDeviceId',
  'gatewayDeviceId',
  'promptTokens',
  'completionTokens',
  'countedBy',
  'queueMs',
  'firstTokenMs',
  'durationMs',
  'outcome',
  'seams',
  'finishedAtMs',
  'said',
] as const
const recordSchema = z.tuple([z.number().int().min(1)]).rest(z.unknown())

export function attemptIdOf(requestId: string, attempt: number): AttemptId {
  return attemptIdSchema.parse(`${requestId}-${attempt}`)
}

/** Signs as processor; the result is half-signed. */
export function signReceipt(receipt: Receipt, deviceSecretKey: Uint8Array): SignedReceipt {
  const record = recordOf(receipt)
  return { receipt, record, processor: sign('kith/receipt/1', bytesOfText(record), deviceSecretKey), gateway: null }
}

/** Signs as gateway, over the processor's signature and the record. */
export function countersign(half: SignedReceipt, deviceSecretKey: Uint8Array): SignedReceipt {
  if (!half.processor) throw new Error('Only what the processor signed can be countersigned')
  const signed = joinBytes(half.processor, bytesOfText(half.record))
  return { ...half, gateway: sign('kith/receipt-countersignature/1', signed, deviceSecretKey) }
}

/** Signs as gateway alone, because the processor's signature is missing. */
export function attest(receipt: Receipt, deviceSecretKey: Uint8Array): SignedReceipt {
  const record = recordOf(receipt)
  const gateway = sign('kith/receipt-attestation/1', bytesOfText(record), deviceSecretKey)
  return { receipt, record, processor: null, gateway }
}

export function stateOf({ processor, gateway }: SignedReceipt): ReceiptState {
  if (!gateway) return 'half-signed'
  return processor ? 'countersigned' : 'gateway-attested'
}

/** Which signature is invalid, or null. The signers are the devices that the receipt names. */
export function faultOf(signed: SignedReceipt): 'processor_signature' | 'gateway_signature' | null {
  const { receipt, processor, gateway } = signed
  const record = bytesOfText(signed.record)
  if (processor && !verify('kith/receipt/1', record, processor, keyBytes(receipt.processorDeviceId))) {
    return 'processor_signature'
  }
  if (!processor && !gateway) return 'processor_signature'
  if (!gateway) return null
  const key = keyBytes(receipt.gatewayDeviceId)
  const isSigned = processor
    ? verify('kith/receipt-countersignature/1', joinBytes(processor, record), gateway, key)
    : verify('kith/receipt-attestation/1', record, gateway, key)
  return isSigned ? null : 'gateway_signature'
}

/** The form for the wire and for bees. */
export function packReceipt({ record, processor, gateway }: SignedReceipt): WireReceipt {
  return {
    record,
    processor: processor && toBase64Url(processor),
    gateway: gateway && toBase64Url(gateway),
  }
}

/** Reads a receipt of this or a later version; null for anything else. Checks no signature. */
export function unpackReceipt(packed: WireReceipt): SignedReceipt | null {
  const receipt = readRecord(packed.record)
  const processor = packed.processor === null ? null : fromBase64Url(packed.processor)
  const gateway = packed.gateway === null ? null : fromBase64Url(packed.gateway)
  if (!receipt || (packed.processor !== null && !processor) || (packed.gateway !== null && !gateway)) return null
  return { receipt, record: packed.record, processor, gateway }
}

function recordOf(receipt: Receipt): string {
  const attempt = Number(receipt.attemptId.slice(-1))
  const values = { ...receipt, attempt }
  return JSON.stringify([recordVersion, ...recordFields.map((field) => values[field])])
}

function readRecord(record: string): Receipt | null {
  let value: unknown
  try {
    value = JSON.parse(record)
  } catch {
    // Not JSON: unreadable like any other malformed record.
    return null
  }
  const array = recordSchema.safeParse(value)
  if (!array.success) return null
  const [, ...fields] = array.data
  const named = Object.fromEntries(recordFields.map((field, index) => [field, fields[index]]))
  const parsed = receiptSchema.safeParse({
    ...named,
    attemptId: `${String(named['requestId'])}-${String(named['attempt'])}`,
  })
  return parsed.success ? parsed.data : null
}

function keyBytes(deviceId: DeviceId): Uint8Array {
  return fromHex(deviceId) ?? new Uint8Array(0)
}
