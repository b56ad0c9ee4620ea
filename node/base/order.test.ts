import { describe, expect, it } from 'vitest'
import { healthy, type Facility } from './facility.ts'
import { startOrder } from './order.ts'

function part(name: string, ...needs: string[]): Facility {
  return { name, needs, start: () => Promise.resolve(), stop: () => Promise.resolve(), health: () => healthy }
}

describe('startOrder', () => {
  it('puts each part after all it needs, and keeps the given order otherwise', () => {
    const parts = [part('rpc', 'swarm', 'log'), part('log'), part('swarm', 'dht'), part('dht', 'log'), part('disk')]
    expect(startOrder(parts).map(({ name }) => name)).toEqual(['log', 'dht', 'swarm', 'rpc', 'disk'])
  })

  it.each([
    ['a circle', [part('a', 'b'), part('b', 'c'), part('c', 'a')], 'circle'],
    ['a part that needs itself', [part('a', 'a')], 'circle'],
    ['a need that is not there', [part('a', 'ghost')], '"ghost"'],
    ['two parts of one name', [part('a'), part('a')], 'share a name'],
  ])('refuses %s', (_case, parts, message) => {
    expect(() => startOrder(parts)).toThrow(message)
  })
})
