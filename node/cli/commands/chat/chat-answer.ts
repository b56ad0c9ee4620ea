import { withDeadline } from '../../../base/deadline.ts'
import type { ChatEvent } from '../../../contract/contract.ts'
import type { ChatId } from '../../../contract/ids.ts'
import { fail, ok, type Result } from '../../../contract/result.ts'
import type { Message } from '../../../contract/state.ts'
import type { Offer } from '../../offers.ts'
import type { Running } from '../../run-command.ts'
import type { ChatOptions } from './chat.ts'

/** How long a stopped answer may take to end. */
const stopDeadlineMs = 2_000

type Ending = { readonly reason: 'end'; readonly message: Message } | { readonly reason: 'interrupted' | 'timeout' }

/** Asks, prints the text as it comes, and waits for the end, for Ctrl-C or for `--timeout`. */
export async function streamAnswer(
  running: Running,
  offer: Offer,
  prompt: string,
  options: ChatOptions,
): Promise<Result<void>> {
  const { client, output } = running
  const follower = new AnswerFollower(running)
  const unlisten = client.listen('chat', (event) => follower.take(event))
  try {
    const asked = await client.call('chat.ask', {
      chatId: null,
      text: prompt,
      model: offer.model,
      poolId: offer.pool.poolId,
      maxTokens: options.maxTokens,
      temperature: options.temperature,
    })
    if (!asked.ok) return asked
    const { chat, answer } = asked.value
    output.event({ type: 'asked', chatId: chat.chatId, model: offer.model, poolId: offer.pool.poolId })
    follower.follow(answer)
    const result = await conclude(running, follower, chat.chatId, options)
    if (!options.keep) await forget(running, chat.chatId)
    return result
  } finally {
    unlisten()
  }
}

async function conclude(
  running: Running,
  follower: AnswerFollower,
  chatId: ChatId,
  options: ChatOptions,
): Promise<Result<void>> {
  const ending = await follower.ending(options.timeout)
  if (ending.reason === 'end') return follower.report(ending.message)
  if (!running.context.host.signal.aborted && running.signal.aborted) return fail('peer_stopped')
  await running.client.call('chat.stop', { chatId })
  const stopped = await withDeadline(follower.ended, stopDeadlineMs)
  if (stopped.inTime) follower.report(stopped.value)
  if (ending.reason === 'interrupted') return fail('stopped')
  return fail('total_timeout', { minutes: Math.round((options.timeout ?? 0) / 6) / 10 })
}

/** A chat from the command line is not kept, unless that was asked for. */
async function forget({ client, session, output }: Running, chatId: ChatId): Promise<void> {
  if (session.signal.aborted && !session.isOwnPeer) return
  const removed = await client.call('chat.remove', { chatId })
  if (!removed.ok && removed.error.code !== 'peer_stopped') {
    output.note(`The chat could not be removed: ${removed.error.message}`)
  }
}

/** Picks out the events of one answer. They may arrive before the call that started it has returned. */
class AnswerFollower {
  readonly #early: ChatEvent[] = []
  readonly ended: Promise<Message>
  #answer: Message | null = null
  #end: (message: Message) => void = () => undefined
  #printed = ''

  constructor(private readonly running: Running) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  take(event: ChatEvent): void {
    if (this.#answer) this.#show(event)
    else this.#early.push(event)
  }

  follow(answer: Message): void {
    this.#answer = answer
    for (const event of this.#early.splice(0)) this.#show(event)
    if (answer.answer?.state !== 'answering') this.#end(answer)
  }

  ending(timeoutSeconds: number | undefined): Promise<Ending> {
    const { signal } = this.running
    return new Promise((resolve) => {
      const finish = (ending: Ending): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', interrupted)
        resolve(ending)
      }
      const interrupted = (): void => finish({ reason: 'interrupted' })
      // Without --timeout the peer's own deadlines end every answer.
      const timer =
        timeoutSeconds === undefined
          ? undefined
          : setTimeout(() => finish({ reason: 'timeout' }), timeoutSeconds * 1_000)
      signal.addEventListener('abort', interrupted, { once: true })
      void this.ended.then((message) => finish({ reason: 'end', message }))
      if (signal.aborted) interrupted()
    })
  }

  #show(event: ChatEvent): void {
    const { output } = this.running
    if (event.type === 'end') {
      if (event.message.messageId === this.#answer?.messageId) this.#end(event.message)
    } else if (event.messageId !== this.#answer?.messageId) {
      return
    } else if (event.type === 'text') {
      this.#printed += event.text
      output.piece(event.text)
    } else {
      output.event({ type: 'stage', stage: event.stage, place: event.place, machineName: event.machineName })
    }
  }

  /** Completes the output and says who answered. */
  report(message: Message): Result<void> {
    const { output } = this.running
    // If a piece was missed, the whole text fills it in.
    if (message.text.startsWith(this.#printed)) output.piece(message.text.slice(this.#printed.length))
    if (!output.isJson && message.text !== '' && !message.text.endsWith('\n')) output.piece('\n')
    output.event({ type: 'end', message })
    const { answer } = message
    if (answer?.error) return { ok: false, error: answer.error }
    if (answer?.state === 'stopped') return fail('stopped')
    if (answer && message.text.trim() === '') output.note('The model gave an empty answer.')
    if (answer) output.note(describe(answer))
    return ok()
  }
}

function describe(answer: NonNullable<Message['answer']>): string {
  const tokens = answer.completionTokens === null ? '' : `, ${answer.completionTokens} tokens`
  const first = answer.firstTokenMs === null ? '' : `, first after ${Math.round(answer.firstTokenMs)} ms`
  const { machineName, memberName } = answer
  const own = answer.isOwnMachine ? ' (this computer)' : ''
  const machine = memberName === undefined ? machineName : `${memberName} (${machineName})`
  return `Answered by ${machine}${own} with ${answer.model}${tokens}${first}.`
}
