import { Argument, type Command } from 'commander'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { readPassword } from '../../password.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession, type Running } from '../../run-command.ts'
import { passwordQuestion } from '../../sign-in.ts'

/** `kith share on|off`, `kith share keep on|off` */
export function addShareCommand(program: Command, perform: Perform): void {
  const share = program.command('share').description('let your pools use the models of this computer, or stop it')
  addAction(share, perform, {
    usage: 'keep <state>',
    description: 'on: go on sharing while nobody is signed in; off: only while somebody is',
    run: (running, { args: [state] }) => keepSharing(running, state),
  })
  share
    .addArgument(new Argument('<state>', 'on or off').choices(['on', 'off']))
    .action((state: string, _options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'needed', async ({ client, output, session }) => {
          const isEnabled = state === 'on'
          const changed = await client.call('sharing.set', { isEnabled })
          if (!changed.ok) return changed
          output.result({ type: 'sharing', isEnabled }, `Sharing is ${state}.`)
          if (session.isOwnPeer && isEnabled) output.note('It takes effect while Kith runs: start "kith serve".')
          return ok()
        }),
      ),
    )
}

/** Keeps the device key, never the root key, where Kith finds it without a password. */
async function keepSharing({ client, context, view, output }: Running, state = ''): Promise<Result<void>> {
  if (state !== 'on' && state !== 'off') return fail('bad_request', { reason: 'say "on" or "off"' })
  const isEnabled = state === 'on'
  const password = await readPassword(context, passwordQuestion(view.state.account.current?.username ?? ''))
  if (!password.ok) return password
  const changed = await client.call('account.setKeepSharing', { password: password.value, isEnabled })
  if (!changed.ok) return changed
  output.result(
    { type: 'keeps-sharing', isEnabled },
    isEnabled ? 'Sharing goes on while nobody is signed in.' : 'Sharing ends when you log out.',
  )
  return ok()
}
