import { describe, expect, it } from 'vitest'
import { AsyncQueue, type AsyncQueueOptions } from './async-queue.ts'

const last = 0

/** A queue of numbers that ends at 0; odd neighbours are joined into their sum. */
function queueOf(options: Partial<AsyncQueueOptions<number>> = {}): AsyncQueue<number> {
  return new AsyncQueue({
    isLast: (item) => item === last,
    join: (before, item) => (before % 2 === 1 && item % 2 === 1 ? before + item : null),
    sizeOf: (item) => item,
    ...options,
  })
}

async function readAll(queue: AsyncQueue<number>): Promise<number[]> {
  const read: number[] = []
  for await (const item of queue) read.push(item)
  return read
}

describe('AsyncQueue', () => {
  it('hands items on in order, joins what can be joined, and ends at the last', async () => {
    const queue = queueOf()
    for (const item of [2, 1, 3, 4, last, 6]) queue.push(item)
    expect(queue.isEnded).toBe(true)
    expect(await readAll(queue)).toEqual([2, 4, 4, last])
  })

  it('wakes a reader that waits', async () => {
    const queue = queueOf()
    const reading = readAll(queue)
    await new Promise(setImmediate)
    queue.push(2)
    await new Promise(setImmediate)
    queue.push(last)
    expect(await reading).toEqual([2, last])
  })

  it('holds back whoever waits for room until the reader has taken enough', async () => {
    const queue = queueOf()
    queue.push(10)
    let hasRoom = false
    const waiting = queue.room(5).then(() => (hasRoom = true))
    await new Promise(setImmediate)
    expect([hasRoom, queue.unread]).toEqual([false, 10])
    const reading = queue[Symbol.asyncIterator]()
    await reading.next()
    await waiting
    expect(queue.unread).toBe(0)
    await queue.room(1)
  })

  it('gives room to everybody once it has ended', async () => {
    const queue = queueOf()
    queue.push(10)
    const waiting = queue.room(5)
    queue.push(last)
    await waiting
  })

  it('tells what was read, and once that the reader left, also before the end', async () => {
    const told: (number | string)[] = []
    const queue = queueOf({ onRead: (item) => told.push(item), onLeave: () => told.push('left') })
    queue.push(2)
    queue.push(4)
    for await (const item of queue) if (item === 2) break
    expect(told).toEqual([2, 'left'])
    expect(queue.isEnded).toBe(true)
    queue.push(6)
    expect(queue.unread).toBe(4)
  })
})
