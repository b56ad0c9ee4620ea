import { Command, CommanderError } from 'commander'
import { createContext, readGlobalOptions, type CommandHost } from './command-context.ts'
import { addAccountCommands } from './commands/accounts/account.ts'
import { addChatCommand } from './commands/chat/chat.ts'
import { addDevicesCommands } from './commands/accounts/devices.ts'
import { addInviteCommands } from './commands/pools/invite.ts'
import { addKeysCommands } from './commands/keys/keys.ts'
import { addLimitsCommand } from './commands/keys/limits.ts'
import { addMembersCommands } from './commands/pools/members.ts'
import { addModelsCommands } from './commands/models/models.ts'
import { addPlansCommands } from './commands/pools/plans.ts'
import { addPoolCommands } from './commands/pools/pool.ts'
import { addServeCommand } from './commands/peer/serve.ts'
import { addServersCommands } from './commands/models/servers.ts'
import { addShareCommand } from './commands/models/share.ts'
import { addStatusCommand } from './commands/peer/status.ts'
import { addUsageCommands } from './commands/usage/usage.ts'
import { addWhoCommands } from './commands/accounts/who.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { Output } from './output.ts'
import type { Perform } from './perform.ts'
import { safeTerminal } from './safe-terminal.ts'

/** Runs one command line to its end and returns the exit code. Throws only for bugs. */
export async function runKith(givenHost: CommandHost, argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done
  const host: CommandHost = { ...givenHost, terminal: safeTerminal(givenHost.terminal) }
  const perform: Perform = async (command, body) => {
    const options = readGlobalOptions(command.optsWithGlobals())
    const context = createContext(host, options)
    const result = context.ok ? await body(context.value) : context
    if (!result.ok) new Output(host.terminal, options.json).failure(result.error)
    exitCode = exitCodeOf(result, host.signal.aborted)
  }
  try {
    await createProgram(host, perform).parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (cause) {
    // Commander's way to say that it printed help, or what was wrong with the arguments.
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? exitCodes.done : exitCodes.usage
    throw cause
  }
}

function createProgram(host: CommandHost, perform: Perform): Command {
  const program = new Command('kith')
    .description('Pools AI compute among people who know each other.')
    .version(host.version)
    .option('--profile <name or folder>', 'which install of Kith to use')
    .option('--account <name>', 'which account of this install to open')
    .option('--password-stdin', 'read the password from the first line of standard input')
    .option('--json', 'print one JSON object a line')
    .option('--models-dir <folder>', 'where model files are kept')
    .option('--port <port>', 'UDP port to use, for a firewall that opens one')
    .option('--bootstrap <host:port,…>', 'bootstrap nodes of a network of your own')
    .option('--host <address>', 'address of this computer to use')
    .option('--ollama-url <url>', 'where Ollama listens')
    .option('--api-hosts <names>', 'further names under which programs reach the local API; several with commas')
    .option('--api-origins <origins>', 'pages and extensions that may use it; several with commas')
    .option('--roles <roles>', 'client, gateway, processor; several with commas')
    .option('--log-level <level>', 'silent, error, warn, info or debug')
  addServeCommand(program, perform)
  addChatCommand(program, perform)
  addStatusCommand(program, perform)
  addKeysCommands(program, perform)
  addUsageCommands(program, perform)
  addLimitsCommand(program, perform)
  addPoolCommands(program, perform)
  addMembersCommands(program, perform)
  addPlansCommands(program, perform)
  addInviteCommands(program, perform)
  addShareCommand(program, perform)
  addModelsCommands(program, perform)
  addServersCommands(program, perform)
  addWhoCommands(program, perform)
  addAccountCommands(program, perform)
  addDevicesCommands(program, perform)
  program.addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 75 profile in use, 130 Ctrl-C.')
  tameCommands(program, host)
  return program
}

/** Commander would exit the process and print by itself; the host does both. */
function tameCommands(command: Command, host: CommandHost): void {
  command.exitOverride()
  command.configureOutput({
    writeOut: (text) => host.terminal.write(text),
    writeErr: (text) => {
      for (const line of text.trimEnd().split('\n')) host.terminal.note(line)
    },
  })
  for (const child of command.commands) tameCommands(child, host)
}
