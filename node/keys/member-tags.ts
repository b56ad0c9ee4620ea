import { tagOf, type AccountId } from '../contract/ids.ts'
import type { KeyDirectory, KeyPool } from './key-pools.ts'

/** Finds the members of a pool by the tag in a key, through a map, since a pool may have a thousand members. */
export class MemberTags {
  readonly #tags = new WeakMap<KeyDirectory['members'], Map<string, AccountId[]>>()

  withTag({ directory }: KeyPool, tag: string): readonly AccountId[] {
    if (!directory) return []
    // A directory that was read again is a new object, so stale maps are never used.
    const known = this.#tags.get(directory.members) ?? tagsOf(directory.members)
    this.#tags.set(directory.members, known)
    return known.get(tag) ?? []
  }
}

function tagsOf(members: KeyDirectory['members']): Map<string, AccountId[]> {
  const tags = new Map<string, AccountId[]>()
  for (const accountId of members.keys()) {
    const tag = tagOf(accountId)
    tags.set(tag, [...(tags.get(tag) ?? []), accountId])
  }
  return tags
}
