import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PeerHandlers } from '../contract/api.ts'
import { kithError } from '../contract/errors.ts'
import { ok } from '../contract/result.ts'
import type { Message } from '../contract/state.ts'
import { FakePeer } from './testing/fake-peer.ts'
import {
  answerId,
  chatId,
  deviceA,
  devicesPool,
  fakeAnswer,
  fakeMachine,
  fakePool,
  fakeState,
  familyPool,
  questionId,
} from './testing/fake-state.ts'
import { TestInstall } from './testing/run.ts'

let peer = new FakePeer()
let install = new TestInstall(peer)
beforeEach(() => {
  peer = new FakePeer()
  install = new TestInstall(peer)
})
afterEach(() => install.remove())

const called = (): string[] => peer.called.map(({ name }) => name)
const inputOf = (name: string): unknown => peer.called.find((one) => one.name === name)?.input

const text = (piece: string): void => peer.emit('chat', { type: 'text', chatId, messageId: answerId, text: piece })
const end = (message: Message): void => peer.emit('chat', { type: 'end', chatId, message })
const complete = { state: 'complete', completionTokens: 2, firstTokenMs: 12 } as const

/** Answers the question with what `speak` emits once the asker has its reply. */
function answering(speak: () => void): PeerHandlers['chat.ask'] {
  return ({ text: asked }) => {
    setImmediate(speak)
    return Promise.resolve(
      ok({
        chat: { chatId, title: 'Hi', updatedAtMs: 1, isAnswering: true },
        question: { messageId: questionId, role: 'user', text: asked, createdAtMs: 1, answer: null } as const,
        answer: fakeAnswer(),
      }),
    )
  }
}

function paris(): void {
  text('Par')
  peer.emit('chat', { type: 'text', chatId, messageId: questionId, text: 'another answer' })
  text('is.')
  end(fakeAnswer({ text: 'Paris.' }, complete))
}

describe('kith chat', () => {
  it('streams the answer to standard output and says on standard error who answered', async () => {
    peer.handlers = { 'chat.ask': answering(paris) }
    const pieces: string[] = []
    const run = await install.run(['chat', 'Capital of France?', '--max-tokens', '9', '--temperature', '0'], {
      onWrite: (piece) => pieces.push(piece),
    })
    expect(run).toMatchObject({ code: 0, out: 'Paris.\n', err: expect.stringContaining('Answered by gpu-box') })
    expect(pieces.slice(0, 2)).toEqual(['Par', 'is.'])
    expect(inputOf('chat.ask')).toEqual({
      chatId: null,
      text: 'Capital of France?',
      model: 'gemma:latest',
      poolId: familyPool,
      maxTokens: 9,
      temperature: 0,
    })
  })

  it('works the same over the control socket', async () => {
    peer.handlers = { 'chat.ask': answering(paris) }
    const close = await install.listen()
    expect(await install.run(['chat', 'Hi'])).toMatchObject({ code: 0, out: 'Paris.\n' })
    await close()
  })

  it('prints one object a line for programs', async () => {
    peer.handlers = {
      'chat.ask': answering(() => {
        peer.emit('chat', {
          type: 'stage',
          chatId,
          messageId: answerId,
          stage: 'reading',
          place: null,
          machineName: 'gpu-box',
        })
        paris()
      }),
    }
    const { lines } = await install.run(['chat', 'Hi', '--json'])
    expect(lines).toMatchObject([
      { type: 'asked', model: 'gemma:latest', poolId: familyPool },
      { type: 'stage', stage: 'reading', machineName: 'gpu-box' },
      { type: 'text', text: 'Par' },
      { type: 'text', text: 'is.' },
      { type: 'end', message: { text: 'Paris.', answer: { state: 'complete', machineName: 'gpu-box' } } },
    ])
  })

  it('loses nothing that came before the call returned, nor a piece that never came', async () => {
    peer.handlers = {
      'chat.ask': (input) => {
        text('Pa')
        return answering(() => end(fakeAnswer({ text: 'Paris.' }, complete)))(input)
      },
    }
    expect((await install.run(['chat', 'Hi'])).out).toBe('Paris.\n')
  })

  it('keeps no chat, unless asked to', async () => {
    peer.handlers = { 'chat.ask': answering(paris) }
    await install.run(['chat', 'Hi', '--keep'])
    expect(called()).not.toContain('chat.remove')
    await install.run(['chat', 'Hi'])
    expect(inputOf('chat.remove')).toEqual({ chatId })
  })

  it('reads the prompt from standard input, and refuses an empty one', async () => {
    peer.handlers = { 'chat.ask': answering(paris) }
    expect((await install.run(['chat', '-'], { input: 'Long question' })).code).toBe(0)
    expect(inputOf('chat.ask')).toMatchObject({ text: 'Long question' })
    expect((await install.run(['chat', ' ', '--json'])).lines).toMatchObject([{ error: { code: 'bad_request' } }])
  })

  it('lets no control sequence of another computer reach the terminal', async () => {
    peer.handlers = {
      'chat.ask': answering(() => {
        text('a\u001b]0;evil\u0007\tb\n')
        end(fakeAnswer({ text: 'a\u001b]0;evil\u0007\tb\n' }, { ...complete, machineName: 'x\u001b[2J' }))
      }),
    }
    const run = await install.run(['chat', 'Hi'])
    expect(run.out).toBe('a\ufffd]0;evil\ufffd\tb\n')
    expect(run.err).not.toContain('\u001b')
  })

  it('stops the answer on Ctrl-C, and ends only when it has stopped', async () => {
    const interrupt = new AbortController()
    peer.handlers = {
      'chat.ask': answering(() => {
        text('Once upon')
        interrupt.abort()
      }),
      'chat.stop': () => {
        end(fakeAnswer({ text: 'Once upon' }, { state: 'stopped' }))
        return Promise.resolve(ok())
      },
    }
    const run = await install.run(['chat', 'Hi'], { signal: interrupt.signal })
    expect(run).toMatchObject({ code: 130, out: 'Once upon\n' })
    expect(called()).toContain('chat.stop')
    expect(peer.isStopped).toBe(true)
  })

  it('stops the answer when --timeout is over', async () => {
    peer.handlers = {
      'chat.ask': answering(() => text('Once')),
      'chat.stop': () => {
        end(fakeAnswer({ text: 'Once' }, { state: 'stopped' }))
        return Promise.resolve(ok())
      },
    }
    const run = await install.run(['chat', 'Hi', '--timeout', '1', '--json'])
    expect(run.lines.at(-1)).toMatchObject({ error: { code: 'total_timeout' } })
  })

  it('keeps what was said and gives the reason when the answer fails', async () => {
    const error = kithError('machine_lost', { machine: 'gpu-box' })
    peer.handlers = {
      'chat.ask': answering(() => {
        text('Par')
        end(fakeAnswer({ text: 'Par' }, { state: 'failed', error }))
      }),
    }
    const run = await install.run(['chat', 'Hi'])
    expect(run).toMatchObject({ code: 1, out: 'Par\n', err: expect.stringContaining(error.message) })
  })

  it('says that the running peer went away', async () => {
    let close = (): Promise<void> => Promise.resolve()
    peer.handlers = { 'chat.ask': answering(() => void close()) }
    close = await install.listen()
    expect((await install.run(['chat', 'Hi', '--json'])).lines.at(-1)).toMatchObject({
      error: { code: 'peer_stopped' },
    })
  })
})

describe('finding a computer to ask', () => {
  it('waits for one that offers the model, and says so', async () => {
    peer.state = fakeState({ machines: [fakeMachine({ isSharing: false })] })
    peer.handlers = { 'chat.ask': answering(paris) }
    const run = await install.run(['chat', 'Hi', '--model', 'gemma'], {
      onNote: (line) => (line.startsWith('Waiting') ? peer.setState('machines', [fakeMachine()]) : undefined),
    })
    expect(run).toMatchObject({ code: 0, err: expect.stringContaining('the model "gemma"') })
    expect(inputOf('chat.ask')).toMatchObject({ model: 'gemma:latest' })
  })

  it('gives up at the deadline with the reason', async () => {
    peer.state = fakeState({ machines: [fakeMachine({ connection: 'offline' })] })
    const away = await install.run(['chat', 'Hi', '--wait', '0', '--json'])
    expect(away.lines.at(-1)).toMatchObject({ error: { code: 'nobody_online', details: { members: 'bob' } } })
    peer.state = fakeState({ machines: [fakeMachine({ isSharing: false })] })
    const named = await install.run(['chat', 'Hi', '--model', 'gemma', '--wait', '0', '--json'])
    expect(named.lines.at(-1)).toMatchObject({ error: { code: 'no_model' } })
    const any = await install.run(['chat', 'Hi', '--wait', '0'])
    expect(any).toMatchObject({ code: 1, err: expect.stringContaining('No computer in your pools') })
  })

  it('gives the reason of a pool that refuses us', async () => {
    const refusal = kithError('member_suspended', { pool: 'Family' })
    peer.state = fakeState({ pools: [fakePool({ state: 'suspended', refusal })] })
    for (const flags of [
      ['--wait', '0'],
      ['--pool', 'Family'],
    ]) {
      expect((await install.run(['chat', 'Hi', '--json', ...flags])).lines.at(-1)).toEqual({
        type: 'error',
        error: refusal,
      })
    }
  })

  it('asks nearest first, and the named pool where one is named', async () => {
    const self = fakeMachine({
      deviceId: deviceA,
      isSelf: true,
      isSharing: false,
      poolIds: [devicesPool],
      connection: 'self',
    })
    peer.state = fakeState({ machines: [fakeMachine(), self] })
    peer.handlers = { 'chat.ask': answering(paris) }
    await install.run(['chat', 'Hi'])
    expect(inputOf('chat.ask')).toMatchObject({ poolId: devicesPool })
    peer.called.length = 0
    await install.run(['chat', 'Hi', '--pool', 'Family'])
    expect(inputOf('chat.ask')).toMatchObject({ poolId: familyPool })
    expect((await install.run(['chat', 'Hi', '--pool', 'nobody', '--json'])).lines).toMatchObject([
      { error: { code: 'pool_unknown' } },
    ])
  })
})
