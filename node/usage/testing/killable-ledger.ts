import type { Receipt } from '../../contract/usage.ts'
import { identityOf } from '../../accounts/identity.ts'
import { LedgerBench, ledgerPoolId } from './ledger-bench.ts'
import { receiptOf } from './receipts.ts'

/** Writes receipts as fast as it can and says which are flushed, until it is killed. */
const [directory, seed = '', accountId = ''] = process.argv.slice(2)
const identity = identityOf({
  accountId: accountId as Receipt['accountId'],
  entropy: null,
  deviceSeed: new Uint8Array(Buffer.from(seed, 'hex')),
})
const bench = await LedgerBench.open({ directory, identity })
const pool = bench.ledger.pool(ledgerPoolId)
if (!pool) throw new Error('No pool')
for (let count = 0; ; count += 1) {
  const receipt = receiptOf(bench, { model: `model-${count % 3}`, completionTokens: count % 50 })
  const { signed, flushed } = pool.served(receipt)
  flushed.then(
    () => process.send?.({ attemptId: receipt.attemptId }),
    () => process.exit(1),
  )
  if (count % 2 === 0) {
    pool.countersigned(signed).then(
      () => process.send?.({ attemptId: receipt.attemptId }),
      () => process.exit(1),
    )
  }
  await new Promise((resolve) => setTimeout(resolve, 4))
}
