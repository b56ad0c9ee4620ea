import { usageVerificationSchema, type UsageTotals } from '../../../node/contract/usage.ts'
import { fakeBuckets, fakeReceipts } from './fake-usage.ts'
import type { FakePeer } from './fake-peer.ts'

function sum(groups: readonly UsageTotals[]): UsageTotals {
  return {
    requests: groups.reduce((total, group) => total + group.requests, 0),
    failures: groups.reduce((total, group) => total + group.failures, 0),
    promptTokens: groups.reduce((total, group) => total + group.promptTokens, 0),
    completionTokens: groups.reduce((total, group) => total + group.completionTokens, 0),
  }
}

/** Usage that is the same every time, as much of it as a busy street makes. */
export function teachUsage(peer: FakePeer): void {
  peer.on('usage.report', ({ grain, groupBy }) => {
    const buckets = fakeBuckets(grain, groupBy, Date.now())
    return { ok: true, value: { grain, buckets, totals: sum(buckets.flatMap(({ groups }) => groups)) } }
  })
  peer.on('usage.receipts', ({ direction, keyId, max }) => {
    const receipts = fakeReceipts(direction, Date.now()).filter((one) => keyId === null || one.keyId === keyId)
    return { ok: true, value: { receipts: receipts.slice(0, max) } }
  })
  peer.on('usage.export', ({ format }) => ({
    ok: true,
    value: { fileName: `kith-usage.${format}`, text: 'finished_at,model\n' },
  }))
  peer.on('usage.verify', () => ({
    ok: true,
    value: usageVerificationSchema.parse({ receipts: 1_204, verified: 1_204, problems: [] }),
  }))
  peer.on('host.saveText', ({ fileName }) => ({ ok: true, value: { path: `/home/mira/${fileName}` } }))
}
