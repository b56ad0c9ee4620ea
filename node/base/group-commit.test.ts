import { describe, expect, it } from 'vitest'
import { delay } from './deadline.ts'
import { GroupCommit } from './group-commit.ts'

/** A disk that takes a turn of the event loop for each write, and fails when told to. */
function setUp(gatherMs?: number) {
  const groups: (readonly number[])[] = []
  const disk = { isBroken: false }
  const commits = new GroupCommit<number>({
    write: async (items) => {
      await new Promise(setImmediate)
      if (disk.isBroken) throw new Error('no')
      groups.push(items)
    },
    ...(gatherMs === undefined ? {} : { gatherMs }),
  })
  return { commits, disk, groups }
}

describe('GroupCommit', () => {
  it('without a time to gather writes the first at once, and together what comes meanwhile', async () => {
    const { commits, groups } = setUp()
    await Promise.all([1, 2, 3].map((item) => commits.add(item)))
    expect(groups).toEqual([[1], [2, 3]])
    expect(commits.isIdle).toBe(true)
  })

  it('with a time to gather writes together what comes within it', async () => {
    const { commits, groups } = setUp(30)
    const first = commits.add(1)
    await delay(5)
    await Promise.all([first, commits.add(2)])
    expect(groups).toEqual([[1, 2]])
  })

  it('flushes without waiting, and until nothing is under way', async () => {
    const { commits, groups } = setUp(60_000)
    const all = [1, 2].map((item) => commits.add(item))
    const flushed = commits.flush()
    all.push(commits.add(3))
    await flushed
    await Promise.all(all)
    expect(groups).toEqual([[1, 2], [3]])
    await commits.flush()
  })

  it('tells a failed group, and goes on with the next', async () => {
    const { commits, disk, groups } = setUp()
    disk.isBroken = true
    const failed = commits.add(1)
    const next = commits.add(2)
    await expect(failed).rejects.toThrow('no')
    disk.isBroken = false
    await next
    expect(groups).toEqual([[2]])
  })
})
