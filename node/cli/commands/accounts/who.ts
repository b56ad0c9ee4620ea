import type { Command } from 'commander'
import { fail, ok, type Result } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import type { Perform } from '../../perform.ts'
import type { Running } from '../../run-command.ts'
import { logOut, signUp, unlockRunning } from './account.ts'

/** `kith register`, `login`, `logout` and `whoami`: the words people try first. */
export function addWhoCommands(program: Command, perform: Perform): void {
  addAction(program, perform, {
    usage: 'register <name>',
    description: 'make an account; prints its recovery phrase once',
    wish: 'none',
    run: (running, { args: [name = ''] }) => signUp(running, name),
  })
  addAction(program, perform, {
    usage: 'login [name]',
    description: 'sign in at the Kith that runs with this profile',
    wish: 'none',
    run: (running, { args: [name] }) => unlockRunning(running, name),
  })
  addAction(program, perform, {
    usage: 'logout',
    description: 'sign out at the Kith that runs with this profile',
    wish: 'none',
    run: logOut,
  })
  addAction(program, perform, {
    usage: 'whoami',
    description: 'who is signed in, and on which computer',
    wish: 'offered',
    run: (running) => Promise.resolve(whoami(running)),
  })
}

function whoami({ view, output }: Running): Result<void> {
  const { current } = view.state.account
  if (!current) return fail('not_signed_in')
  const { accountId, username, tag, deviceId, deviceName } = current
  output.result(
    { type: 'whoami', accountId, username, tag, deviceId, deviceName },
    `${username} ${tag} on ${deviceName}`,
  )
  return ok()
}
