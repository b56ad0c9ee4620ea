import type { AccountId } from '../../contract/ids.ts'
import { maxServing, type AppState } from '../../contract/state.ts'
import type { Session } from '../../session/session.ts'

type Serving = AppState['sharing']['serving'][number]

/** Whether this computer shares, and whom it serves. */
export function sharingSlice(session: Session | undefined): AppState['sharing'] {
  const nameOf = (accountId: AccountId): string => session?.pools.names.person(accountId) ?? accountId.slice(0, 6)
  const serving = servingOf(session?.processor.serving() ?? [], nameOf)
  return {
    isEnabled: session?.settings.isSharing ?? false,
    activeAnswers: sum(serving, 'activeAnswers'),
    waitingAnswers: sum(serving, 'waitingAnswers'),
    serving: serving.slice(0, maxServing),
    servedPerMinute: session?.processor.servedPerMinute() ?? [],
  }
}

/** One row a person, the busiest first. */
export function servingOf(
  requests: readonly { readonly accountId: AccountId; readonly isWaiting: boolean }[],
  nameOf: (accountId: AccountId) => string,
): Serving[] {
  const people = new Map<AccountId, Serving>()
  for (const { accountId, isWaiting } of requests) {
    const row = people.get(accountId) ?? { accountId, name: nameOf(accountId), activeAnswers: 0, waitingAnswers: 0 }
    const counted = isWaiting ? { waitingAnswers: row.waitingAnswers + 1 } : { activeAnswers: row.activeAnswers + 1 }
    people.set(accountId, { ...row, ...counted })
  }
  return [...people.values()].sort(
    (one, other) => other.activeAnswers - one.activeAnswers || other.waitingAnswers - one.waitingAnswers,
  )
}

function sum(rows: readonly Serving[], field: 'activeAnswers' | 'waitingAnswers'): number {
  return rows.reduce((total, row) => total + row[field], 0)
}
