import type { z } from 'zod'
import type { DeviceId } from '../../contract/ids.ts'
import { fail, ok, type Result } from '../../contract/result.ts'
import { fromHex } from '../../crypto/encoding.ts'
import { sign, verify } from '../../crypto/sign.ts'
import { wireLimits } from '../wire-limits.ts'
import type { PromptRequest } from './generation.ts'
import { jsonBytes, parseJson } from './bytes.ts'
import { decodeCall, encodeCall } from './call-encoding.ts'

const tooLarge = fail('too_large', { limit: `${wireLimits.requestBytes / 1024 / 1024} MiB` })

/** The call for a generation, signed by the calling device over its exact bytes. */
export function encodeSignedRequest(request: PromptRequest, deviceSecretKey: Uint8Array): Result<Uint8Array> {
  const body = jsonBytes(request)
  if (body.byteLength > wireLimits.requestBytes) return tooLarge
  return ok(encodeCall({ body, signature: sign('kith/request/1', body, deviceSecretKey) }))
}

/** The request in a call, if the device that the connection proved has signed it. */
export function decodeSignedRequest<T>(bytes: Uint8Array, caller: DeviceId, schema: z.ZodType<T>): Result<T> {
  const call = decodeCall(bytes)
  if (!call.ok) return call
  if (call.value.body.byteLength > wireLimits.requestBytes) return tooLarge
  const key = fromHex(caller)
  if (!key || !verify('kith/request/1', call.value.body, call.value.signature, key)) {
    return fail('bad_request', { reason: 'the signature does not match' })
  }
  return parseJson(call.value.body, schema, wireLimits.requestBytes)
}
