import { z } from 'zod'
import { deviceIdOf } from '../../../node/accounts/ids.ts'
import { delay } from '../../../node/base/deadline.ts'
import { accountIdSchema, requestIdSchema } from '../../../node/contract/ids.ts'
import type { Receipt } from '../../../node/contract/usage.ts'
import { toHex } from '../../../node/crypto/encoding.ts'
import { randomBytes } from '../../../node/crypto/keys.ts'
import type { UsageCall, WireReceipt } from '../../../node/protocol/messages/usage-messages.ts'
import { ServiceClients } from '../../../node/protocol/service/service-client.ts'
import {
  attemptIdOf,
  attest,
  countersign,
  packReceipt,
  signReceipt,
  unpackReceipt,
} from '../../../node/usage/signed-receipt.ts'
import type { HostileApp } from './captured-app.ts'
import { count, hostilePart, targetSchema } from './hostile-part.ts'

const invented = 20
const repeats = 20
const mostTokens = 1_000_000
/** How long its own receipts may take to be returned. */
const returnMs = 8_000
const lookAgainMs = 50

/** What the victim said to receipts: kept, refused, later, or a code where it took none of them. */
const repliesSchema = z.record(z.string(), count)

/** Receipts that this install has returned by itself: these are true. */
const returned: WireReceipt[] = []

/** Returns receipts to a processor that say what was not, and writes such into its own book. */
export const lyingGateway = hostilePart({
  input: targetSchema.extend({
    model: z.string(),
    /** Somebody else, in whose name it lies. */
    otherAccountId: accountIdSchema,
  }),
  report: z.object({
    returned: count,
    again: repliesSchema,
    raised: repliesSchema,
    invented: repliesSchema,
    written: count,
  }),
  replace() {
    const call: unknown = Reflect.get(ServiceClients.prototype, 'call')
    ServiceClients.prototype.call = function (this: ServiceClients, ...given: Parameters<ServiceClients['call']>) {
      const [, method, body] = given
      if (method === 'usage') returned.push(...(body as UsageCall).receipts)
      return Reflect.apply(call as ServiceClients['call'], this, given)
    } as ServiceClients['call']
  },
  async run(app: HostileApp, { poolId, victimDeviceId, model, otherAccountId }) {
    const target = app.machine(victimDeviceId)
    const { publicKey, secretKey } = app.clients['options'].deviceKeyPair
    const ownAccountId = app.pool(poolId).ownAccountId
    const endMs = performance.now() + returnMs
    while (returned.length === 0 && performance.now() < endMs) await delay(lookAgainMs)
    const truth = [...returned]
    const told = async (receipts: readonly WireReceipt[]): Promise<z.infer<typeof repliesSchema>> => {
      const replies: Record<string, number> = {}
      for (const receipt of receipts) {
        const reply = await app.clients.call(target, 'usage', { receipts: [receipt] })
        const said = reply.ok ? (reply.value.results[0]?.state ?? 'nothing') : reply.error.code
        replies[said] = (replies[said] ?? 0) + 1
      }
      return replies
    }
    const forged = (accountId: Receipt['accountId']): Receipt => {
      const requestId = requestIdSchema.parse(toHex(randomBytes(16)))
      return {
        ...{ requestId, attemptId: attemptIdOf(requestId, 1), poolId, accountId, keyId: null, model, modelDigest: '' },
        ...{ processorDeviceId: victimDeviceId, gatewayDeviceId: deviceIdOf(publicKey) },
        ...{ promptTokens: mostTokens, completionTokens: mostTokens, countedBy: 'engine', said: null, seams: 0 },
        ...{ queueMs: 0, firstTokenMs: 1, durationMs: 1, outcome: 'complete', finishedAtMs: Date.now() },
      }
    }
    const raised = truth.flatMap((packed) => {
      const signed = unpackReceipt(packed)
      if (!signed?.processor) return []
      const receipt = { ...signed.receipt, promptTokens: mostTokens, completionTokens: mostTokens }
      const { record } = attest(receipt, secretKey)
      return [packReceipt(countersign({ ...signed, receipt, record }, secretKey))]
    })
    const ofNothing = Array.from({ length: invented }, () => [ownAccountId, otherAccountId])
      .flat()
      .flatMap((accountId) => {
        const receipt = forged(accountId)
        // Alone, and with its own signature in the place of the processor's.
        return [attest(receipt, secretKey), countersign(signReceipt(receipt, secretKey), secretKey)].map(packReceipt)
      })
    const ledger = app.session.usage.ledger.pool(poolId)
    for (let index = 0; index < invented; index += 1) {
      const { promptTokens, completionTokens } = forged(otherAccountId)
      await ledger?.attested(forged(otherAccountId), { promptTokens, completionTokens })
    }
    return {
      returned: truth.length,
      again: await told(Array.from({ length: repeats }, () => truth).flat()),
      raised: await told(raised),
      invented: await told(ofNothing),
      written: ledger ? invented : 0,
    }
  },
})
