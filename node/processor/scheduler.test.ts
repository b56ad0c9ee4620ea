import { describe, expect, it } from 'vitest'
import { Scheduler, type Lane, type Ticket } from './scheduler.ts'

const lane: Lane = { slots: 1 }

/** A scheduler whose one slot is taken; `run` frees slot after slot and tells the order. */
function busy(limits?: { waiting: number; waitingPerAccount: number }) {
  const scheduler = new Scheduler(() => undefined, limits)
  const order: string[] = []
  const tickets = new Map<string, Ticket>()
  const enter = (name: string, account: string, isLocal = false): Ticket | null => {
    const ticket = scheduler.enter({ lane, account, isLocal })
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
    expect(scheduler.enter({ lane: { slots: 2 }, account: 'ann', isLocal: false })?.place).toBe(0)
  })
})
