import { randomBytes } from 'node:crypto'
import type { RequestId } from '../../contract/ids.ts'
import type { Receipt } from '../../contract/usage.ts'
import { attemptIdOf } from '../signed-receipt.ts'
import { ledgerPoolId, type LedgerBench } from './ledger-bench.ts'

/** A receipt of a generation that a device made for itself, unless told otherwise. */
export function receiptOf(bench: Pick<LedgerBench, 'identity'>, changes: Partial<Receipt> = {}): Receipt {
  const requestId = randomBytes(16).toString('hex') as RequestId
  const { accountId, deviceId } = bench.identity
  return {
    attemptId: attemptIdOf(requestId, 1),
    requestId,
    poolId: ledgerPoolId,
    accountId,
    keyId: null,
    model: 'paced',
    modelDigest: '',
    processorDeviceId: deviceId,
    gatewayDeviceId: deviceId,
    promptTokens: 3,
    completionTokens: 10,
    countedBy: 'engine',
    said: null,
    queueMs: 0,
    firstTokenMs: 5,
    durationMs: 20,
    outcome: 'complete',
    seams: 0,
    finishedAtMs: Date.now(),
    ...changes,
  }
}
