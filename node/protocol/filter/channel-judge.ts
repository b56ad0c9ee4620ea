import { hostile, type FrameJudge } from './mux-frame.ts'

/** Knows the channels of a connection, and refuses messages for those that were never opened, or are closed. */
export class ChannelJudge implements FrameJudge {
  readonly #sessions = new Set<number>()

  open(session: number): number {
    this.#sessions.add(session)
    return 0
  }

  close(session: number): void {
    this.#sessions.delete(session)
  }

  message(session: number): number {
    return this.#sessions.has(session) ? 0 : hostile
  }
}
