import type { ReceiptView, UsageDirection } from '../contract/usage.ts'

/** Columns of an export: what a spreadsheet shows on top, with units, and the value beneath. */
const columns: readonly (readonly [header: string, value: (receipt: ReceiptView) => string | number | null])[] = [
  ['direction', ({ direction }) => direction],
  ['finished_at_utc', ({ finishedAtMs }) => new Date(finishedAtMs).toISOString()],
  ['account', ({ accountName }) => accountName],
  ['account_id', ({ accountId }) => accountId],
  ['key', ({ keyName }) => keyName],
  ['key_id', ({ keyId }) => keyId],
  ['model', ({ model }) => model],
  ['model_digest', ({ modelDigest }) => modelDigest],
  ['machine', ({ machineName }) => machineName],
  ['processor_device_id', ({ processorDeviceId }) => processorDeviceId],
  ['gateway_device_id', ({ gatewayDeviceId }) => gatewayDeviceId],
  ['prompt_tokens', ({ promptTokens }) => promptTokens],
  ['completion_tokens', ({ completionTokens }) => completionTokens],
  ['counted_by', ({ countedBy }) => countedBy],
  ['queue_ms', ({ queueMs }) => queueMs],
  ['first_token_ms', ({ firstTokenMs }) => firstTokenMs],
  ['duration_ms', ({ durationMs }) => durationMs],
  ['outcome', ({ outcome }) => outcome],
  ['seams', ({ seams }) => seams],
  ['state', ({ state }) => state],
  ['pool_id', ({ poolId }) => poolId],
  ['request_id', ({ requestId }) => requestId],
  ['attempt_id', ({ attemptId }) => attemptId],
]

/** Receipts as a table, in the words of RFC 4180: commas, quotes doubled, CRLF. */
export function toCsv(receipts: readonly ReceiptView[]): string {
  const rows = receipts.map((receipt) => columns.map(([, value]) => cell(value(receipt))).join(','))
  return [columns.map(([header]) => header).join(','), ...rows].map((row) => `${row}\r\n`).join('')
}

/** The same receipts as JSON, one object each with the columns' names. */
export function toJson(receipts: readonly ReceiptView[], direction: UsageDirection): string {
  const rows = receipts.map((receipt) =>
    Object.fromEntries(columns.map(([header, value]) => [header, value(receipt)] as const)),
  )
  return JSON.stringify({ direction, receipts: rows }, null, 1)
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  // A name is anything its owner typed: a spreadsheet must not take it for a formula.
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
