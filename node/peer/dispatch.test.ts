import { expect, it } from 'vitest'
import { createLog } from '../base/log.ts'
import type { PeerHandlers } from '../contract/api.ts'
import { answerCall } from './dispatch.ts'

const log = createLog({ level: 'silent' })
const noHandlers = {} as PeerHandlers

it('answers what is no plain data, no call or no input of a call with a code, and never rejects', async () => {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  expect(await answerCall(noHandlers, 'chat.open', circle, log)).toMatchObject({ error: { code: 'bad_request' } })
  expect(await answerCall(noHandlers, 'chat.open', 1n, log)).toMatchObject({ error: { code: 'bad_request' } })
  expect(await answerCall(noHandlers, 'constructor', {}, log)).toMatchObject({ error: { code: 'unknown_call' } })
  const typed = await answerCall(noHandlers, 'account.unlock', { username: 1, password: 'the secret' }, log)
  expect(typed).toMatchObject({ error: { code: 'bad_request' } })
  expect(JSON.stringify(typed)).not.toContain('the secret')
})
