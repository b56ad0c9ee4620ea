import { fail, ok, type Result } from '../../contract/result.ts'
import { fromHex } from '../../crypto/encoding.ts'
import { sign, verify } from '../../crypto/sign.ts'
import type { PromptRequest } from './generation.ts'
import { jsonBytes } from './bytes.ts'
import { decodeCall, encodeCall } from './call-encoding.ts'
import type { DeviceId } from '../../contract/ids.ts'
import { parsePromptRequest } from './prompt-request.ts'
import { wireLimits } from '../wire-limits.ts'

/** The call for a question, signed by the asking device over its exact bytes. */
export function encodeSignedRequest(request: PromptRequest, deviceSecretKey: Uint8Array): Result<Uint8Array> {
  const body = jsonBytes(request)
  if (body.byteLength > wireLimits.requestBytes) {
    return fail('too_large', { limit: `${wireLimits.requestBytes / 1024 / 1024} MiB` })
  }
  return ok(encodeCall({ body, signature: sign('kith/request/1', body, deviceSecretKey) }))
}

/** The question in a call, if the device that the connection proved has signed it. */
export function decodeSignedRequest(bytes: Uint8Array, caller: DeviceId): Result<PromptRequest> {
  const call = decodeCall(bytes)
  if (!call.ok) return call
  if (call.value.body.byteLength > wireLimits.requestBytes) {
    return fail('too_large', { limit: `${wireLimits.requestBytes / 1024 / 1024} MiB` })
  }
  const key = fromHex(caller)
  if (!key || !verify('kith/request/1', call.value.body, call.value.signature, key)) {
    return fail('bad_request', { reason: 'the signature does not match' })
  }
  return parsePromptRequest(call.value.body)
}
