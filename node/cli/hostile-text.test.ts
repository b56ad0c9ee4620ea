import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kithError } from '../contract/errors.ts'
import type { ApiKey } from '../contract/keys.ts'
import { fail, ok } from '../contract/result.ts'
import type { AppState } from '../contract/state.ts'
import { noUsage } from '../contract/usage.ts'
import { FakePeer } from './testing/fake-peer.ts'
import {
  accountA,
  answerId,
  chatId,
  deviceA,
  deviceB,
  fakeAnswer,
  fakeMachine,
  fakeMember,
  fakePool,
  fakeState,
  familyPool,
  inviteId,
  questionId,
} from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

/** What a name would do to a terminal: clear it, set its title, go back, forge lines, read from the right. */
const evil = 'x\u001b[2J\u001b]0;t\u0007\u009b31m\r\nkith: Signed in.\n\u202e\u2028\b\u0000y'
const harmless = 'xy'

function stateWith(text: string): AppState {
  const limit = { name: 'requestsPerDay', limit: 3, used: 1, left: 2, resetsAtMs: 1, wouldRefuse: 0 } as const
  const key: ApiKey = {
    keyId: '0123456789abcdef' as ApiKey['keyId'],
    accountId: accountA,
    poolId: familyPool,
    name: text,
    masked: 'sk-kith-…',
    state: 'enabled',
    scopes: ['inference'],
    allowedModels: [text],
    limits: {},
    limitMode: 'enforced',
    limitStates: [limit],
    timeZone: 'Europe/Vienna',
    createdAtMs: 1,
    expiresAtMs: null,
    lastUsedAtMs: null,
    overlapUntilMs: null,
    homeDeviceId: deviceB,
    isHomeHere: false,
  } as ApiKey
  const state = fakeState({
    pools: [
      fakePool({
        name: text,
        refusal: kithError('engine_failed', { engine: text, reason: text }),
        members: [fakeMember({ username: text }), fakeMember({ username: text, isSelf: false, state: 'suspended' })],
        limitStates: [limit],
        plans: [{ planId: 'default' as never, name: text, limits: {}, mode: 'enforced', timeZone: 'UTC' } as never],
      }),
    ],
    machines: [fakeMachine({ name: text, ownerName: text, models: [{ ...modelNamed(text) }] })],
    models: { local: [modelNamed(text)], catalogue: [], suggestions: [] },
    keys: [key],
    network: { state: 'online', connectedMachines: 1, isDemo: false, reason: text },
    api: { state: 'failed', url: null, error: kithError('start_failed', { part: text, reason: text }) },
  })
  const { current } = state.account
  const device = { deviceId: deviceA, name: text, addedAtMs: 1, isSelf: false, isConnected: false }
  return {
    ...state,
    account: {
      ...state.account,
      accounts: state.account.accounts.map((one) => ({ ...one, username: text })),
      current: current && { ...current, username: text, deviceName: text, devices: [device] },
    },
  }
}

function modelNamed(name: string) {
  return { name, engine: 'ollama', digest: '', sizeBytes: 1, contextTokens: 1, isLoaded: true } as const
}

function peerWith(text: string): FakePeer {
  const totals = { ...noUsage, requests: 1 }
  return new FakePeer(
    {
      'usage.report': () =>
        Promise.resolve(
          ok({ grain: 'day', buckets: [{ startMs: 1, groups: [{ ...totals, id: 'x', label: text }] }], totals }),
        ),
      'usage.receipts': () =>
        Promise.resolve(
          ok({
            receipts: [
              {
                finishedAtMs: 1,
                accountName: text,
                keyName: text,
                model: text,
                machineName: text,
                outcome: 'complete',
                state: 'countersigned',
                direction: 'served',
              },
            ] as never,
          }),
        ),
      'usage.verify': () =>
        Promise.resolve(ok({ receipts: 1, verified: 0, problems: [{ attemptId: text, reason: text as never }] })),
      'usage.export': () => Promise.resolve(ok({ fileName: text, text: `a,${text.replaceAll('\n', ' ')}` })),
      'model.import': () => Promise.resolve(ok({ name: text })),
      'pool.create': () => Promise.resolve(fail('engine_failed', { engine: text, reason: text })),
      'pool.createInvite': () =>
        Promise.resolve(
          ok({
            inviteId,
            link: `kith://join/${text}`,
            role: 'member',
            usesAllowed: 1,
            usesSpent: 0,
            expiresAtMs: 1,
            state: 'open',
          } as never),
        ),
      'key.rotate': () => Promise.resolve(ok({ plainKey: text })),
      'account.startLinking': () => Promise.resolve(ok({ code: text, expiresAtMs: 1 })),
      'chat.ask': () => {
        queueMicrotask(() => {
          for (const piece of text) peer.emit('chat', { type: 'text', chatId, messageId: answerId, text: piece })
          peer.emit('chat', {
            type: 'end',
            chatId,
            message: fakeAnswer({ text }, { state: 'complete', machineName: text, model: text }),
          })
        })
        const question = { messageId: questionId, role: 'user', text: 'Hi', createdAtMs: 1, answer: null } as const
        return Promise.resolve(
          ok({ chat: { chatId, title: 'Hi', updatedAtMs: 1, isAnswering: true }, question, answer: fakeAnswer() }),
        )
      },
    },
    stateWith(text),
  )
}

let peer = peerWith(evil)
const installs: TestInstall[] = []
afterEach(() => {
  for (const install of installs.splice(0)) install.remove()
})
beforeEach(() => {
  peer = peerWith(evil)
})

const commands: readonly (readonly string[])[] = [
  ['status'],
  ['whoami'],
  ['pool', 'list'],
  ['pool', 'create', evil],
  ['pool', 'invite'],
  ['keys', 'list'],
  ['keys', 'show', '012345'],
  ['keys', 'limits', '012345'],
  ['keys', 'disable', '012345'],
  ['keys', 'rotate', '012345'],
  ['limits'],
  ['members', 'list'],
  ['plans', 'list'],
  ['invite', 'list'],
  ['devices', 'list'],
  ['devices', 'link'],
  ['models', 'list'],
  ['models', 'import', '/tmp/x'],
  ['models', 'remove', evil],
  ['account', 'list'],
  ['usage', '--by', 'member'],
  ['usage', 'receipts'],
  ['usage', 'verify'],
  ['usage', 'export'],
  ['keys', 'show', evil],
  ['pool', 'suspend', evil, '--pool', evil],
  ['chat', 'Hi'],
  ['chat', 'Hi', '--model', evil, '--wait', '0'],
  ['serve'],
]

async function run(text: string, argv: readonly string[]) {
  peer = peerWith(text)
  const install = new TestInstall(peer)
  installs.push(install)
  return install.run(
    argv.map((one) => one.replace(evil, text)),
    {
      env: { KITH_PASSWORD: 'long enough' },
      ...(argv[0] === 'serve' ? { signal: AbortSignal.abort() } : {}),
    },
  )
}

/** What no terminal may be sent, but for the ends of our own lines and the tabs of an answer. */
const obeyed = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u
const linesOf = (text: string): number => text.split('\n').length

const named = commands.map((argv) => ({ argv, name: argv.map((one) => one.replace(evil, '<name>')).join(' ') }))

describe('text of other computers in every command', () => {
  it.each(named)('kith $name', async ({ argv }) => {
    const shown = await run(evil, argv)
    const expected = await run(harmless, argv)
    expect(obeyed.test(shown.out + shown.err)).toBe(false)
    expect(shown.out + shown.err).not.toBe('')
    // No name makes a line of its own; only an answer has the lines it has.
    const own = argv[0] === 'chat' ? 2 : 0
    expect([linesOf(shown.out) - own, linesOf(shown.err)]).toEqual([linesOf(expected.out), linesOf(expected.err)])
    expect(shown.code).toBe(expected.code)
  })

  it.each(named)('kith $name --json', async ({ argv }) => {
    const shown = await run(evil, [...argv, '--json'])
    expect(obeyed.test(shown.out + shown.err)).toBe(false)
  })

  it('not even what somebody typed comes back raw', async () => {
    const shown = await run(evil, [evil])
    expect([obeyed.test(shown.out + shown.err), shown.code]).toEqual([false, 2])
  })
})
