import { expect, it } from 'vitest'
import { FakePeer, inviteLink } from '../testing/fake-peer.ts'
import { ReportReader, writeReport, type DemoReport } from './report.ts'
import { becomeFriend } from './second-role.ts'

it('the second window signs up, joins and skips the first-run path', async () => {
  const peer = new FakePeer()
  expect(await becomeFriend(peer, inviteLink)).toMatchObject({ ok: true })
  expect(peer.asked).toEqual([
    'account.signUp',
    'account.phraseSaved',
    'settings.update',
    'pool.join',
    'settings.update',
  ])
})

it.each([undefined, '', 'https://example.org'])(
  'the second window does nothing without an invite: %s',
  async (text) => {
    const peer = new FakePeer()
    expect(await becomeFriend(peer, text)).toMatchObject({ ok: false, error: { code: 'invite_malformed' } })
    expect(peer.asked).toEqual([])
  },
)

it('a report is found among other output, in whatever pieces it comes', () => {
  const found: DemoReport[] = []
  const reader = new ReportReader((report) => found.push(report))
  const output = `noise\n{"demo":"else"}\n{"demo":\n${writeReport({ demo: 'ready' })}more`
  for (const character of output) reader.read(character)
  expect(found).toEqual([{ demo: 'ready' }])
})
