import type { AccountId, DeviceId, KeyId, PoolId, RequestId } from '../../contract/ids.ts'
import type { KithError } from '../../contract/errors.ts'
import type { ChatTurn, TokenUsage } from '../../engines/engine.ts'

/** On whose account a question is, and by which key; null for a chat window. */
export interface Consumer {
  readonly accountId: AccountId
  readonly keyId: KeyId | null
}

/** A question on its way from client to gateway to processor. */
export interface PromptRequest {
  readonly requestId: RequestId
  readonly poolId: PoolId
  readonly model: string
  readonly turns: readonly ChatTurn[]
  readonly maxTokens: number
  readonly temperature?: number | undefined
  /** Absent for the asking device's own account and no key. Another account's needs the gateway role. */
  readonly consumer?: Consumer | undefined
  /** Which attempt at this request this is, counted from 1; absent means the first. */
  readonly attempt?: number | undefined
  /** Whether the answer may be shortened to what a limit leaves, because the caller named no length. */
  readonly mayShorten?: boolean | undefined
  /** Permission of the pool's coordinator, for a processor that cannot ask it. */
  readonly planLease?: string | undefined
}

/** A receipt on its way: the exact text that was signed, and the processor's signature over it. */
export interface ReceiptPart {
  readonly type: 'receipt'
  readonly record: string
  readonly signature: Uint8Array
}

/** What comes back, in order. The last part is always `end` or `failed`; nothing is thrown. */
export type ServedPart =
  /** A machine took the question; `place` is its place in that machine's queue, 0 when it runs at once. */
  | { readonly type: 'accepted'; readonly deviceId: DeviceId; readonly machineName: string; readonly place: number }
  | { readonly type: 'loading' }
  | { readonly type: 'reading' }
  | { readonly type: 'text'; readonly text: string; readonly tokens: number }
  /** From a processor to its gateway, right before the last part. Gateways pass it on to nobody. */
  | ReceiptPart
  | { readonly type: 'end'; readonly reason: 'stop' | 'length' | 'stopped'; readonly usage: TokenUsage }
  | { readonly type: 'failed'; readonly error: KithError; readonly usage: TokenUsage | null }

/** Anything that answers questions: the gateway to a client, a processor to a gateway, near or far. */
export interface GenerationPort {
  ask(request: PromptRequest, signal: AbortSignal): AsyncIterable<ServedPart>
}
