import { expect, it } from 'vitest'
import type { DeviceId } from '../contract/ids.ts'
import type { PoolReceipts } from '../usage/pool-receipts.ts'
import type { ServedPart } from '../protocol/messages/generation.ts'
import { signReceipt } from '../usage/signed-receipt.ts'
import { newIdentity } from '../usage/testing/ledger-bench.ts'
import { receiptOf } from '../usage/testing/receipts.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { TokenCounter } from '../protocol/generations/token-counter.ts'
import { promptRequest, silentLog, testPool } from '../protocol/testing/service-bench.ts'
import { GatewayReceipts } from './receipts.ts'

const hourMs = 3_600_000
const nowMs = Date.UTC(2026, 10, 25, 10)

/** One attempt on a machine whose clock is ahead by so much. */
function attempt(aheadMs: number, machine = newIdentity(), signer = machine) {
  const asker = newIdentity()
  const heard: unknown[] = []
  const kept: unknown[] = []
  const pool: Pick<PoolReceipts, 'begun' | 'countersigned' | 'attested'> = {
    begun: () => undefined,
    countersigned: (_half, _replaces, heardAtMs) => Promise.resolve(void kept.push(['countersigned', heardAtMs])),
    attested: ({ finishedAtMs }) => Promise.resolve(void kept.push(['attested', finishedAtMs])),
  }
  const receipts = new GatewayReceipts({
    poolOf: () => pool,
    selfDeviceId: asker.deviceId,
    accountId: asker.accountId,
    nowMs: () => nowMs,
    onClock: (deviceId: DeviceId, itsMs, atMs) => heard.push([deviceId, itsMs - atMs]),
    log: silentLog,
  })
  const request = promptRequest('hello')
  const target = { deviceId: machine.deviceId, serviceKey: new Uint8Array(32), name: 'Machine', poolIds: [testPool] }
  const tokens = new TokenCounter({ request, machine: machine.deviceId, estimates: new PromptEstimates() })
  const chosen = { kind: 'remote', machine: { ...target, capabilities: null } } as never
  const made = receipts.begin(request, chosen, tokens)
  const follow = (part: ServedPart): void => {
    const kept = tokens.follow(part)
    if (kept) made?.follow(kept)
  }
  const usage = { promptTokens: 3, completionTokens: 1 }
  const receipt = receiptOf(
    { identity: asker },
    {
      ...{ attemptId: `${request.requestId}-1` as never, requestId: request.requestId, poolId: testPool },
      ...{ model: request.model, processorDeviceId: machine.deviceId, finishedAtMs: nowMs + aheadMs, keyId: null },
      ...usage,
    },
  )
  const signed = signReceipt(receipt, signer.device.secretKey)
  follow({ type: 'accepted', deviceId: machine.deviceId, machineName: 'Machine', place: 0 })
  follow({ type: 'text', text: 'x', tokens: 1 })
  follow({ type: 'receipt', record: signed.record, signature: signed.processor ?? new Uint8Array(0) })
  follow({ type: 'end', reason: 'stop', usage })
  made?.close()
  return { heard, kept, deviceId: machine.deviceId }
}

it('keeps when a receipt came whose machine has another time, and says whose clock is off', () => {
  expect(attempt(1_000)).toMatchObject({ kept: [['countersigned', null]] })
  for (const aheadMs of [5 * hourMs, -5 * hourMs]) {
    const { heard, kept, deviceId } = attempt(aheadMs)
    expect(heard).toEqual([[deviceId, aheadMs]])
    expect(kept).toEqual([['countersigned', nowMs]])
  }
})

it('signs alone, by its own clock, where the other one is off by days', () => {
  const { heard, kept, deviceId } = attempt(400 * 24 * hourMs)
  expect(kept).toEqual([['attested', nowMs]])
  expect(heard).toEqual([[deviceId, 400 * 24 * hourMs]])
})

it('hears no clock from a receipt that the machine has not signed', () => {
  expect(attempt(5 * hourMs, newIdentity(), newIdentity())).toMatchObject({ heard: [], kept: [['attested', nowMs]] })
})
