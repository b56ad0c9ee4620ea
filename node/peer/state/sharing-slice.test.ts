import { expect, it } from 'vitest'
import type { AccountId } from '../../contract/ids.ts'
import { servingOf, sharingSlice } from './sharing-slice.ts'

const mia = 'aa'.repeat(32) as AccountId
const ben = 'bb'.repeat(32) as AccountId

it('adds up what each person is served, the busiest first', () => {
  const requests = [
    { accountId: mia, isWaiting: true },
    { accountId: ben, isWaiting: false },
    { accountId: mia, isWaiting: true },
    { accountId: ben, isWaiting: true },
  ]
  expect(servingOf(requests, (accountId) => (accountId === mia ? 'mia' : 'ben'))).toEqual([
    { accountId: ben, name: 'ben', activeAnswers: 1, waitingAnswers: 1 },
    { accountId: mia, name: 'mia', activeAnswers: 0, waitingAnswers: 2 },
  ])
})

it('serves nobody while nobody is signed in', () => {
  expect(sharingSlice(undefined)).toMatchObject({ isEnabled: false, activeAnswers: 0, serving: [] })
})
