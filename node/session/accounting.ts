import type { KeyId } from '../contract/ids.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { createKeyBook, SessionKeys } from './keys.ts'
import { SessionLimits } from './limits.ts'
import type { SessionNetwork } from './network.ts'
import type { SessionOptions } from './session-options.ts'
import type { SessionStores } from './stores.ts'
import { SessionUsage } from './usage.ts'

export type AccountingOptions = Pick<SessionOptions, 'vault' | 'hub' | 'log' | 'onChange' | 'onKeys' | 'onUsage'>

/** Who asks by which key, what was used, and what may still be used. */
export interface SessionAccounting {
  readonly keys: SessionKeys
  readonly usage: SessionUsage
  readonly limits: SessionLimits
  readonly estimates: PromptEstimates
}

export function createAccounting(
  { vault, hub, log, onChange, onKeys, onUsage }: AccountingOptions,
  { local, keyIndex, usageIndex }: SessionStores,
  { pools, terms, clients }: SessionNetwork,
): SessionAccounting {
  const { identity } = vault
  const book = createKeyBook(vault, {
    pools,
    index: keyIndex,
    local,
    isGatewayHere: (poolId) => terms.isGateway(poolId, identity.deviceId),
    log,
  })
  const usage = new SessionUsage({
    identity,
    pools,
    clients,
    local,
    index: usageIndex,
    hub,
    isGateway: (poolId, deviceId) => terms.isGateway(poolId, deviceId),
    keyName: (keyId) => book.own.get(keyId as KeyId)?.name ?? null,
    onClocks: onUsage,
    log,
  })
  const estimates = new PromptEstimates()
  const limits = new SessionLimits({
    estimates,
    identity,
    local,
    pools,
    terms,
    clients,
    keys: book,
    usedIn: (poolId, keyId, range) => usage.usedIn(poolId, keyId, range),
    log,
    onChange: ({ kind }) => (kind === 'key' ? onKeys() : onChange()),
  })
  const keys = new SessionKeys(vault, pools, book, {
    limitStates: (key) => limits.keyStates(key),
    lastUsedAtMs: (keyId) => usage.ledger.lastUsedAtMs(keyId),
  })
  book.onChange(onKeys)
  usage.ledger.onChange(() => {
    limits.service.refresh()
    onUsage()
  })
  return { keys, usage, limits, estimates }
}
