import { fork, type ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { withDeadline } from '../../../node/base/deadline.ts'
import {
  orders,
  replyMessageSchema,
  type OrderInput,
  type OrderName,
  type OrderOutput,
  type ReplyMessage,
} from '../parts/orders.ts'

/** Nothing an install is ordered to do takes longer, unless it is frozen. */
const orderDeadlineMs = 10_000
/** How much of what a process printed is kept for the message of a failure. */
const maxOutputLength = 4_000

/** An install has not replied in time: something holds its event loop up, or it waits for what never comes. */
export class FrozenError extends Error {
  constructor(
    name: string,
    readonly order: OrderName,
    readonly deadlineMs: number,
  ) {
    super(`${name} is frozen: no reply to "${order}" within ${deadlineMs / 1_000} s`)
  }
}

/** One install in a process of its own, which can freeze, crash and grow without the test. */
export class PartProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (reply: ReplyMessage) => void>()
  #lastId = 0
  #output = ''
  #isKilled = false
  readonly ended: Promise<void>

  /** @param program the built file, and what tells it to be a part */
  constructor(
    readonly name: string,
    program: readonly [path: string, ...args: string[]],
  ) {
    const [path, ...args] = program
    this.#child = fork(path, args, {
      execArgv: ['--expose-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#output = (this.#output + text.toString()).slice(-maxOutputLength)
      })
    }
    this.#child.on('message', (message) => {
      const reply = replyMessageSchema.parse(message)
      this.#waiting.get(reply.id)?.(reply)
      this.#waiting.delete(reply.id)
    })
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#endAll(`its process ended with ${code ?? signal}`)
        resolve()
      })
    })
  }

  /** Rejects when the process is frozen or gone, and where it failed. */
  async order<N extends OrderName>(
    name: N,
    input: OrderInput<N>,
    deadlineMs = orderDeadlineMs,
  ): Promise<OrderOutput<N>> {
    const reply = await withDeadline(this.#send(name, input), deadlineMs)
    if (!reply.inTime) throw new FrozenError(this.name, name, deadlineMs)
    if (!reply.value.isDone) throw new Error(`${this.name}: ${reply.value.reason}`)
    return orders[name].output.parse(reply.value.value) as OrderOutput<N>
  }

  /** What it has printed last: errors in its log. */
  get output(): string {
    return this.#output
  }

  /** Leaves the cores of this computer to the others: an attacker has a computer of its own. */
  yieldCores(): void {
    if (this.#child.pid !== undefined) setPriority(this.#child.pid, constants.priority.PRIORITY_LOW)
  }

  /** Ends the process, however frozen it is. */
  async kill(): Promise<void> {
    this.#isKilled = true
    this.#child.kill('SIGKILL')
    await this.ended
  }

  #send(name: OrderName, input: unknown): Promise<ReplyMessage> {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      if (!this.#child.connected) this.#endAll('its process is gone')
      else this.#child.send({ id, name, input })
    })
  }

  #endAll(reason: string): void {
    const printed = this.#isKilled || this.#output === '' ? '' : `; it printed ${this.#output}`
    for (const [id, end] of this.#waiting) end({ id, isDone: false, reason: reason + printed })
    this.#waiting.clear()
  }
}
