import { expect, it } from 'vitest'
import { kithError } from '../contract/errors.ts'
import { failureThere, failureThrough } from './failure-there.ts'

const engine = 'Ollama'

it('says whose computer failed by what is known here, not by what the failure says', () => {
  const said = kithError('engine_stopped', { engine, member: 'somebody else', machine: 'Other', asker: 'x' })
  expect(failureThere(said, { name: 'Gaming PC', ownerName: 'mia' }).details).toEqual({
    engine,
    machine: 'Gaming PC',
    member: 'mia',
  })
  expect(failureThere(said, { name: 'Desk' })).toEqual(kithError('engine_stopped', { engine, machine: 'Desk' }))
})

it('leaves alone what concerns the reader or somebody else', () => {
  const away = kithError('limit_home_away', { machine: 'Counter' })
  expect(failureThere(away, { name: 'Gaming PC', ownerName: 'mia' })).toBe(away)
})

it('names the gateway only for what failed on the gateway itself', () => {
  const gateway = { name: 'Box' }
  const there = failureThere(kithError('engine_stopped', { engine }), { name: 'Gaming PC', ownerName: 'mia' })
  expect(failureThrough(there, gateway)).toBe(there)
  expect(failureThrough(kithError('engine_stopped', { engine }), gateway).details).toEqual({ engine, machine: 'Box' })
})
