import { expect, it } from 'vitest'
import { notify, useNotices } from './notices.ts'

it('shows one piece of good news at a time, and keeps problems beside it', () => {
  notify('Adding the model…')
  notify('The disk is full.', 'problem')
  notify('The model was added.')
  expect(useNotices.getState().shown.map(({ text }) => text)).toEqual(['The disk is full.', 'The model was added.'])
})
