import type { AppState, Pool } from './state.ts'

/** How it stands with the other people of a pool. */
export interface Presence {
  /** `alone`: there is nobody else. `away`: none of them is online. `idle`: some are, and none shares a model. */
  readonly state: 'alone' | 'away' | 'idle' | 'sharing'
  /** Whom to wait for while all are away: those who share, else everybody. Who is online while none of them shares. */
  readonly people: readonly string[]
}

/** Tells a pool where nobody is online from one where nobody shares, and from one where nobody else is. */
export function presenceIn(pool: Pool, machines: AppState['machines']): Presence {
  const others = pool.members.filter(({ isSelf, state }) => !isSelf && state !== 'suspended')
  if (others.length === 0) return { state: 'alone', people: [] }
  const accounts = new Set(others.map(({ accountId }) => accountId))
  const theirs = machines.filter((one) => accounts.has(one.accountId) && one.poolIds.includes(pool.poolId))
  const online = theirs.filter(({ connection }) => connection === 'admitted')
  const namesOf = (some: typeof theirs): string[] => {
    const owners = new Set(some.map(({ accountId }) => accountId))
    return others.filter(({ accountId }) => owners.has(accountId)).map(({ username }) => username)
  }
  const sharing = online.filter(({ isSharing, models }) => isSharing && models.length > 0)
  if (sharing.length > 0) return { state: 'sharing', people: namesOf(sharing) }
  if (online.length > 0) return { state: 'idle', people: namesOf(online) }
  const names = others.map(({ username }) => username)
  // Of computers of earlier versions it is not known: they may share.
  if (theirs.length > 0 && theirs.every(({ sharesWhenOn }) => sharesWhenOn === false)) {
    return { state: 'idle', people: [] }
  }
  const sharers = namesOf(theirs.filter(({ sharesWhenOn }) => sharesWhenOn === true))
  return { state: 'away', people: sharers.length > 0 ? sharers : names }
}
