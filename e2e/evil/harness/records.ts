import { z } from 'zod'
import type { Scene } from './scene.ts'

const countsSchema = z.object({ promptTokens: z.number(), completionTokens: z.number() })

/** What belongs to honest people, by what it is: keys, receipts, places in the pool, chats. */
export type Records = ReadonlyMap<string, string>

/** Everything the victim and the honest member have that an attack could take. */
export async function honestRecords(scene: Scene): Promise<Records> {
  const records = new Map<string, string>()
  const people = [scene.victim, scene.honest]
  const accounts = new Set(people.map(({ accountId }) => accountId))
  for (const { install, username } of people) {
    const keep = (what: string, value: unknown): void => void records.set(`${username}: ${what}`, JSON.stringify(value))
    const state = await install.state()
    for (const { keyId, name, state: keyState, limits } of state.keys) keep(`key ${keyId}`, { name, keyState, limits })
    for (const { poolId, name, members } of state.pools) {
      keep(`pool ${poolId}`, { name })
      for (const { accountId, role, state: standing } of members) {
        if (accounts.has(accountId)) keep(`place of ${accountId} in ${poolId}`, { role, standing })
      }
    }
    for (const { chatId, title } of state.chats) {
      const { messages } = await install.call('chat.open', { chatId })
      const isAnswering = messages.some(({ answer }) => answer?.state === 'answering')
      if (!isAnswering) keep(`chat ${chatId}`, { title, texts: messages.map(({ text }) => text) })
    }
    for (const direction of ['served', 'consumed'] as const) {
      const range = { poolId: null, direction, fromMs: 0, toMs: Date.now() + 86_400_000 }
      const { receipts } = await install.call('usage.receipts', { ...range, keyId: null, max: 500 })
      // How one ended may still be told by the other side, which was restarted meanwhile.
      for (const { attemptId, accountId, promptTokens, completionTokens } of receipts) {
        if (accounts.has(accountId)) keep(`${direction} ${attemptId}`, { promptTokens, completionTokens })
      }
    }
  }
  return records
}

/** What was there before and is not there now as it was. */
export function lostRecords(before: Records, after: Records): string[] {
  return [...before].flatMap(([what, value]) => {
    const now = after.get(what)
    if (now === undefined) return [`${what} is gone`]
    return now === value || isGrown(value, now) ? [] : [`${what} was ${value} and is ${now}`]
  })
}

/** Whether a receipt counts more than before: the machine that was restarted had sent a little more than came here. */
function isGrown(before: string, after: string): boolean {
  const [was, is] = [before, after].map((text) => countsSchema.safeParse(JSON.parse(text)).data)
  return was !== undefined && is?.promptTokens === was.promptTokens && is.completionTokens >= was.completionTokens
}
