import type { Command } from 'commander'
import type { Result } from '../contract/result.ts'
import type { CommandContext } from './command-context.ts'

/** Runs the body of a command with what its options ask for, and turns its result into the exit code. */
export type Perform = (command: Command, body: (context: CommandContext) => Promise<Result<void>>) => Promise<void>
