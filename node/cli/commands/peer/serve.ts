import type { Command } from 'commander'
import { z } from 'zod'
import { createLog } from '../../../base/log.ts'
import { whenAborted } from '../../../base/deadline.ts'
import { ok, type Result } from '../../../contract/result.ts'
import type { CommandContext, OwnPeer } from '../../command-context.ts'
import { ControlServer } from '../../../control/control-server.ts'
import type { Perform } from '../../perform.ts'
import { drainDeadlineMs } from '../../../peer/peer-options.ts'
import { createOwnPeer, startPeer } from '../../session.ts'
import type { AppState } from '../../../contract/state.ts'
import { watchState, type StateView } from '../../state-view.ts'
import { openAccount } from './serve-account.ts'
import { takenPortWarning } from './taken-port.ts'

const optionsSchema = z.object({
  signUp: z.string().optional(),
  phraseFile: z.string().optional(),
  share: z.boolean().default(false),
})
export type ServeOptions = z.output<typeof optionsSchema>

/** Listening takes milliseconds; a longer wait is not worth delaying the first line. */
const apiWaitMs = 1_000

/** `kith serve`: the peer without a window, until it is told to stop. */
export function addServeCommand(program: Command, perform: Perform): void {
  program
    .command('serve')
    .description('run Kith without a window, until Ctrl-C')
    .option('--sign-up <name>', 'make this account when the profile has none of that name')
    .option('--phrase-file <file>', 'put the recovery phrase of a new account there instead of on the screen')
    .option('--share', 'let your pools use the models of this computer')
    .action((_options: unknown, command: Command) =>
      perform(command, (context) => serve(context, optionsSchema.parse(command.opts()))),
    )
}

async function serve(context: CommandContext, options: ServeOptions): Promise<Result<void>> {
  const { profileDir, logLevel } = context.configuration
  const peer = createOwnPeer(context, 'info')
  // The peer holds the lock of the profile, so that the socket is ours to replace.
  const started = await startPeer(peer)
  if (!started.ok) return started
  const control = new ControlServer({ peer, profileDir, log: createLog({ level: logLevel }) })
  try {
    const listening = await control.start()
    if (!listening.ok) return listening
    const ready = await prepare(context, peer, options)
    if (!ready.ok) return ready
    await whenAborted(context.host.signal)
    if (!context.host.failed?.aborted) await finish(context, peer)
    return ok()
  } finally {
    await control.stop()
    await peer.stop()
  }
}

/** Lets requests of others finish, and says so. A second Ctrl-C ends the process. */
async function finish({ output }: CommandContext, peer: OwnPeer): Promise<void> {
  const { forOthers } = peer
  if (forOthers === 0) {
    output.note('Stopping. Press Ctrl-C again to stop now.')
    return
  }
  const answers = forOthers === 1 ? 'an answer' : `${forOthers} answers`
  output.note(`Finishing ${answers} for others, up to ${drainDeadlineMs / 1_000} s. Press Ctrl-C again to stop now.`)
  await peer.drain(AbortSignal.timeout(drainDeadlineMs))
}

async function prepare(context: CommandContext, peer: OwnPeer, options: ServeOptions): Promise<Result<void>> {
  const view = await watchState(peer)
  if (!view.ok) return view
  try {
    const opened = await openAccount(context, peer, view.value, options)
    if (!opened.ok) return opened
    if (options.share && opened.value !== null) {
      const shared = await peer.call('sharing.set', { isEnabled: true })
      if (!shared.ok) return shared
    }
    if (opened.value !== null) await untilListening(view.value, context.host.signal)
    announce(context, opened.value, view.value.state, options)
    return ok()
  } finally {
    view.value.close()
  }
}

/** Waits until the address for programs is known; an install without a gateway never has one. */
async function untilListening(view: StateView, signal: AbortSignal): Promise<void> {
  const isSettled = ({ api, settings }: AppState): true | null =>
    settings.isApiEnabled === false || api.state === 'running' || api.state === 'failed' ? true : null
  await view.waitFor(isSettled, apiWaitMs, signal)
}

function announce(
  { host, output, configuration }: CommandContext,
  username: string | null,
  { sharing, api, account }: AppState,
  options: ServeOptions,
): void {
  const { profileDir, sources } = configuration
  output.event({ type: 'serving', version: host.version, profileDir, username, apiUrl: api.url })
  const flag = 'profile' in sources ? ` --profile "${profileDir}"` : ''
  const hint = (command: string): string => `  ${host.commandName} ${command}${flag}`
  output.note(`Kith ${host.version} is running with the profile ${profileDir}.`)
  if (username === null) {
    const { sharingAs } = account
    output.note(
      sharingAs
        ? `Nobody is signed in; this computer goes on sharing as ${sharingAs.username}. From another terminal:`
        : 'Nobody is signed in, so it answers nobody. From another terminal:',
    )
    output.note(hint('account sign-up <name>'))
    output.note(hint('account unlock <name>'))
    return
  }
  output.note(
    `Signed in as ${username}. Sharing is ${sharing.isEnabled || options.share ? 'on' : 'off'}. From another terminal:`,
  )
  output.note(hint('chat "What is the capital of France?"'))
  output.note(hint('status'))
  if (api.url) output.note(`Programs on this computer ask at ${api.url} with a key of "keys create".`)
  else if (api.error) output.note(`kith: ${api.error.message}`)
  const warning = takenPortWarning(api)
  if (warning !== null) output.note(warning)
}
