import {
  accountIdSchema,
  attemptIdSchema,
  chatIdSchema,
  deviceIdSchema,
  inviteIdSchema,
  keyIdSchema,
  messageIdSchema,
  poolIdSchema,
  requestIdSchema,
} from '../../../node/contract/ids.ts'

function hex(seed: string): string {
  const byte = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 7)
  return byte.toString(16).padStart(4, '0').repeat(16)
}

let count = 0

function uuid(): string {
  count += 1
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
}

/** Ids for tests: the same seed gives the same key. */
export const fakeIds = {
  account: (seed: string) => accountIdSchema.parse(hex(`account-${seed}`)),
  device: (seed: string) => deviceIdSchema.parse(hex(`device-${seed}`)),
  pool: (seed: string) => poolIdSchema.parse(hex(`pool-${seed}`)),
  invite: (seed: string) => inviteIdSchema.parse(hex(`invite-${seed}`)),
  key: (seed: string) => keyIdSchema.parse(hex(`key-${seed}`).slice(0, 16)),
  request: (seed: string) => requestIdSchema.parse(hex(`request-${seed}`).slice(0, 32)),
  attempt: (seed: string) => attemptIdSchema.parse(`${hex(`request-${seed}`).slice(0, 32)}-1`),
  chat: () => chatIdSchema.parse(uuid()),
  message: () => messageIdSchema.parse(uuid()),
}
