import type { KeyId, PoolId } from '../../../node/contract/ids.ts'
import type { Limits } from '../../../node/contract/limits.ts'
import type { Person } from './scene.ts'

const replyDeadlineMs = 20_000

export interface PlainKey {
  readonly keyId: KeyId
  readonly plainKey: string
}

export async function makeKey({ install }: Person, poolId: PoolId, limits: Limits): Promise<PlainKey> {
  const { key, plainKey } = await install.call('key.create', {
    ...{ poolId, name: 'Program', scopes: ['inference'], allowedModels: null, limits },
    ...{ limitMode: 'enforced', timeZone: 'UTC', expiresAtMs: null },
  })
  return { keyId: key.keyId, plainKey }
}

/** Where programs on somebody's computer ask. */
export async function apiUrl({ install }: Person): Promise<string> {
  const { api } = await install.until((state) => state.api.state === 'running', 'the local API')
  if (api.url === null) throw new Error('A running local API has an address')
  return api.url
}

/** Asks once through somebody's local API, as a program with a key does. */
export async function askWithKey(
  person: Person,
  { plainKey }: PlainKey,
  { model, text, maxTokens }: { model: string; text: string; maxTokens: number },
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${await apiUrl(person)}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${plainKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_completion_tokens: maxTokens, messages: [{ role: 'user', content: text }] }),
    signal: AbortSignal.timeout(replyDeadlineMs),
  })
  return { status: response.status, text: await response.text() }
}
