import type { ReceiptView, UsageDirection } from '../contract/usage.ts'

/** Columns of an export; headers name the unit. */
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
  ['said_prompt_tokens', ({ said }) => said?.promptTokens ?? null],
  ['said_completion_tokens', ({ said }) => said?.completionTokens ?? null],
]

/** Receipts as CSV by RFC 4180: commas, doubled quotes, CRLF. */
export function toCsv(receipts: readonly ReceiptView[]): string {
  const rows = receipts.map((receipt) => columns.map(([, value]) => cell(value(receipt))).join(','))
  return [columns.map(([header]) => header).join(','), ...rows].map((row) => `${row}\r\n`).join('')
}

/** Receipts as JSON, one object each, with the column headers as names. */
export function toJson(receipts: readonly ReceiptView[], direction: UsageDirection): string {
  const rows = receipts.map((receipt) =>
    Object.fromEntries(columns.map(([header, value]) => [header, value(receipt)] as const)),
  )
  return JSON.stringify({ direction, receipts: rows }, null, 1)
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  // Names are free text: a spreadsheet must not take one for a formula.
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
