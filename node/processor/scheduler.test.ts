import { describe, expect, it } from 'vitest'
import { Scheduler, type Lane, type SchedulerLimits, type Ticket } from './scheduler.ts'

const lane: Lane = { slots: 1 }

/** A scheduler whose one slot is taken; `run` frees slot after slot and tells the order. */
function busy(limits?: Partial<SchedulerLimits>) {
  const scheduler = new Scheduler(() => undefined, limits)
  const order: string[] = []
  const tickets = new Map<string, Ticket>()
  const enter = (name: string, account: string, isLocal = false, bytes = 10): Ticket | null => {
    const ticket = scheduler.enter({ lane, account, isLocal, bytes })
    if (ticket) {
      tickets.set(name, ticket)
      void ticket.granted.then((isGranted) => isGranted && order.push(name))
    }
    return ticket
  }
  enter('first', 'zoe')
  const run = async (): Promise<string[]> => {
    for (let count = 0; count < tickets.size; count++) {
      await Promise.resolve()
      const last = order.at(-1)
      if (last) tickets.get(last)?.release()
      await Promise.resolve()
    }
    return order
  }
  return { scheduler, enter, tickets, run }
}

describe('the queue of an engine', () => {
  it('lets accounts take turns, and the owner before all', async () => {
    const { enter, run } = busy()
    for (const name of ['ann1', 'ann2', 'ann3']) enter(name, 'ann')
    for (const name of ['ben1', 'ben2']) enter(name, 'ben')
    enter('own1', 'own', true)
    enter('own2', 'own', true)
    expect(await run()).toEqual(['first', 'own1', 'own2', 'ann1', 'ben1', 'ann2', 'ben2', 'ann3'])
  })

  it('reports the place of each request, and tells when it changes', () => {
    const { enter, tickets } = busy()
    const places: number[] = []
    expect(tickets.get('first')?.place).toBe(0)
    enter('ann1', 'ann')
    const second = enter('ann2', 'ann')
    second?.onPlace((place) => places.push(place))
    expect(second?.place).toBe(2)
    const ben = enter('ben1', 'ben')
    expect([second?.place, ben?.place]).toEqual([3, 2])
    tickets.get('first')?.release()
    tickets.get('ann1')?.release()
    ben?.release()
    expect(places).toEqual([3, 2, 1, 0])
  })

  it('bounds what waits, in all and for each account, but not the owner by account', () => {
    const { enter } = busy({ waiting: 5, waitingPerAccount: 2 })
    expect(enter('ann1', 'ann') && enter('ann2', 'ann')).not.toBeNull()
    expect(enter('ann3', 'ann')).toBeNull()
    expect(enter('own1', 'own', true) && enter('own2', 'own', true) && enter('own3', 'own', true)).not.toBeNull()
    expect(enter('ben1', 'ben')).toBeNull()
    expect(enter('own4', 'own', true)).toBeNull()
  })

  it('lets fifty requests of one account wait, and no more than 64', () => {
    const { enter } = busy()
    const places = Array.from({ length: 65 }, (_, index) => enter(`ann${index}`, 'ann')?.place)
    expect(places).toEqual([...Array.from({ length: 64 }, (_, index) => index + 1), undefined])
    expect(enter('ben1', 'ben')?.place).toBe(2)
  })

  it('bounds the text that waits, in all and for each account, but not the owner by account', () => {
    const { enter } = busy({ waitingBytes: 100, waitingBytesPerAccount: 50 })
    expect(enter('ann1', 'ann', false, 50)).not.toBeNull()
    expect(enter('ann2', 'ann', false, 1)).toBeNull()
    expect(enter('ben1', 'ben', false, 40)).not.toBeNull()
    expect(enter('own1', 'own', true, 11)).toBeNull()
    expect(enter('own2', 'own', true, 10)).not.toBeNull()
  })

  it('goes on with accounts in turn, whichever had the last one', async () => {
    const { enter, run } = busy()
    for (const name of ['zoe2', 'zoe3']) enter(name, 'zoe')
    for (const name of ['ann1', 'ann2', 'ann3']) enter(name, 'ann')
    enter('ben1', 'ben')
    expect(await run()).toEqual(['first', 'ann1', 'ben1', 'zoe2', 'ann2', 'zoe3', 'ann3'])
  })

  it('starts what waits when an engine gets more slots', () => {
    const growing = { slots: 1 }
    const scheduler = new Scheduler(() => undefined)
    const tickets = ['a', 'b', 'c'].map((account) =>
      scheduler.enter({ lane: growing, account, isLocal: false, bytes: 1 }),
    )
    expect(tickets.map((ticket) => ticket?.place)).toEqual([0, 1, 2])
    growing.slots = 2
    scheduler.lanesChanged()
    expect(tickets.map((ticket) => ticket?.place)).toEqual([0, 0, 1])
  })

  it('gives up a place that is released while it waits', async () => {
    const { enter, tickets, scheduler } = busy()
    const left = enter('ann1', 'ann')
    left?.release()
    left?.release()
    expect(await left?.granted).toBe(false)
    tickets.get('first')?.release()
    expect([scheduler.activeCount, scheduler.waitingCount]).toEqual([0, 0])
  })

  it('keeps the lanes of two engines apart', () => {
    const { scheduler } = busy()
    expect(scheduler.enter({ lane: { slots: 2 }, account: 'ann', isLocal: false, bytes: 1 })?.place).toBe(0)
  })
})
