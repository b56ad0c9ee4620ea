// Keys and receipts in numbers that no household reaches: how long a key check and a year's chart take.
import { parseArgs } from 'node:util'
import { runCleanly, type Cleanup } from '../harness/run-cleanly.ts'
import { measureChecks, measureVisible } from './parts/ledger-keys.ts'
import { measureUsage } from './parts/ledger-usage.ts'
import { rounded } from './parts/statistics.ts'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '100000' },
    members: { type: 'string', default: '1000' },
    receipts: { type: 'string', default: '1000000' },
  },
})

async function measure(cleanup: Cleanup): Promise<void> {
  const keys = Number(values.keys)
  const members = Number(values.members)
  const receipts = Number(values.receipts)
  console.log(`Writing ${receipts} receipts of a year …`)
  const usage = await measureUsage(cleanup, receipts)
  console.log(`${Math.round(usage.writtenPerSecond)} receipts a second; index built in ${Math.round(usage.indexMs)} ms`)
  console.log(`Writing ${keys} keys in ${members} member bees …`)
  const checks = await measureChecks(cleanup, { keys, members })
  console.log(`Index of keys built in ${Math.round(checks.indexMs)} ms; a key on its way to another peer …`)
  const visibleMs = await measureVisible(cleanup)
  const result = {
    key_check_warm_p99_ms: rounded(checks.warmP99Ms),
    key_check_cold_p99_ms: rounded(checks.coldP99Ms),
    account_write_visible_p50_ms: rounded(visibleMs),
    usage_year_chart_ms: rounded(usage.yearChartMs),
    receipts,
    keys,
    disk_bytes_per_receipt: Math.round(usage.bytesPerReceipt),
    receipts_written_per_s: Math.round(usage.writtenPerSecond),
    usage_index_build_ms: Math.round(usage.indexMs),
    usage_index_open_ms: Math.round(usage.openMs),
  }
  console.log(JSON.stringify(result))
}

await runCleanly(measure)
