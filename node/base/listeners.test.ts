import { describe, expect, it } from 'vitest'
import { Listeners, NamedListeners } from './listeners.ts'

interface Events {
  readonly count: number
  readonly word: string
}

describe('Listeners', () => {
  it('tells each of them until it leaves', () => {
    const listeners = new Listeners<number>()
    const heard: string[] = []
    const leave = listeners.add((value) => heard.push(`one ${value}`))
    listeners.add((value) => heard.push(`two ${value}`))
    listeners.emit(1)
    leave()
    listeners.emit(2)
    expect(heard).toEqual(['one 1', 'two 1', 'two 2'])
    expect(listeners.size).toBe(1)
  })

  it('lets a listener leave and another come while it tells them', () => {
    const listeners = new Listeners()
    const heard: string[] = []
    const leave = listeners.add(() => {
      heard.push('first')
      leave()
      listeners.add(() => heard.push('later'))
    })
    listeners.emit()
    expect(heard).toEqual(['first'])
    listeners.emit()
    expect(heard).toEqual(['first', 'later'])
  })
})

describe('NamedListeners', () => {
  it('tells only those who listen to the name', () => {
    const listeners = new NamedListeners<Events>()
    const heard: unknown[] = []
    listeners.add('count', (value) => heard.push(value))
    listeners.emit('word', 'unheard')
    listeners.emit('count', 1)
    expect(heard).toEqual([1])
  })

  it('says when the first of a name has come and when the last has gone', () => {
    const said: [string, boolean][] = []
    const listeners = new NamedListeners<Events>({ onWanted: (name, isWanted) => said.push([name, isWanted]) })
    const one = listeners.add('count', () => undefined)
    const two = listeners.add('count', () => undefined)
    one()
    one()
    expect(said).toEqual([['count', true]])
    two()
    two()
    expect(said).toEqual([
      ['count', true],
      ['count', false],
    ])
  })

  it('goes on after a listener that throws, where somebody takes what it threw', () => {
    const failures: unknown[] = []
    const listeners = new NamedListeners<Events>({ onFailure: (cause, name) => failures.push([cause, name]) })
    const heard: unknown[] = []
    const cause = new Error('no')
    listeners.add('count', () => {
      throw cause
    })
    listeners.add('count', (value) => heard.push(value))
    listeners.emit('count', 1)
    expect([failures, heard]).toEqual([[[cause, 'count']], [1]])
  })
})
