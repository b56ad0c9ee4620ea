import type { Command } from 'commander'
import type { Result } from '../contract/result.ts'
import type { Perform } from './perform.ts'
import { runWithSession, type Running, type SignInWish } from './run-command.ts'

export interface Action<O> {
  /** The name and its arguments, as `rename <key> <name>`. */
  readonly usage: string
  readonly description: string
  readonly wish?: SignInWish
  /** Adds options, and reads them. */
  readonly options?: (command: Command) => { parse(values: unknown): O }
  /** Runs where the parent is called without a subcommand. */
  readonly isDefault?: boolean
  readonly run: (
    running: Running,
    given: { readonly args: readonly string[]; readonly options: O },
  ) => Promise<Result<void>>
}

/** A command that talks to a peer: opens a session, signs in where that is needed, and runs. */
export function addAction<O = undefined>(parent: Command, perform: Perform, action: Action<O>): Command {
  const command = parent.command(action.usage, { isDefault: action.isDefault ?? false }).description(action.description)
  const reader = action.options?.(command)
  return command.action(() =>
    perform(command, (context) => {
      const options = reader?.parse(command.opts()) as O
      const { args } = command
      return runWithSession(context, action.wish ?? 'needed', (running) => action.run(running, { args, options }))
    }),
  )
}
