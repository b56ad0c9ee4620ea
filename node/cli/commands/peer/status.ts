import type { Command } from 'commander'
import { redactedConfiguration } from '../../../base/configuration-report.ts'
import { tagOf } from '../../../contract/ids.ts'
import { ok } from '../../../contract/result.ts'
import type { AppState, Machine } from '../../../contract/state.ts'
import { table } from '../../output.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession } from '../../run-command.ts'
import { takenPortWarning } from './taken-port.ts'

/** `kith status`: what this install is, is connected to, and offers. */
export function addStatusCommand(program: Command, perform: Perform): void {
  program
    .command('status')
    .description('account, pools, computers, engines and settings')
    .action((_options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'offered', ({ view, output, session }) => {
          // The configuration of a peer that runs elsewhere is not known here, and ours says nothing about it.
          const configuration = session.isOwnPeer ? redactedConfiguration(context.configuration) : null
          const isRunning = !session.isOwnPeer
          const settings = configuration ? ['Settings', ...settingsTable(configuration)] : []
          output.result({ type: 'status', isRunning, configuration, state: withoutInvites(view.state) }, [
            ...describe(view.state, isRunning),
            ...settings,
          ])
          return Promise.resolve(ok())
        }),
      ),
    )
}

function settingsTable(configuration: ReturnType<typeof redactedConfiguration>): string[] {
  return table(Object.entries(configuration).map(([name, { value, source }]) => [`  ${name}`, value, source]))
}

/** An invite link lets anybody in, so a report that may be pasted somewhere has none. */
function withoutInvites(state: AppState) {
  return { ...state, pools: state.pools.map(({ invites: _secret, ...pool }) => pool) }
}

function describe(state: AppState, isRunning: boolean): string[] {
  const { account, network, sharing, engines, models } = state
  const accounts = account.accounts.map(({ username }) => username).join(', ') || 'none'
  const ollama =
    engines.ollama.state === 'running' ? `running (${engines.ollama.version ?? 'unknown version'})` : 'not found'
  const lines = table([
    [
      'Kith',
      `${state.runtime.version}, ${isRunning ? 'running' : 'not running (this command started it for a moment)'}`,
    ],
    [
      'Account',
      account.current ? `${account.current.username} ${account.current.tag}` : `locked; on this install: ${accounts}`,
    ],
    ['Network', `${network.state}, ${network.connectedMachines} connected. ${network.reason}`],
    [
      'Sharing',
      `${sharing.isEnabled ? 'on' : 'off'}, ${sharing.activeAnswers} answering, ${sharing.waitingAnswers} waiting`,
    ],
    ['Ollama', ollama],
    ['API', describeApi(state.api)],
    ['Models', models.local.map(({ name }) => name).join(', ') || 'none on this computer'],
  ])
  const pools = state.pools.map((pool) => [
    `  ${pool.name}`,
    tagOf(pool.poolId),
    `${pool.role}, ${pool.state}, members: ${pool.members.length}`,
  ])
  const machines = state.machines.map(describeMachine)
  const setAside = state.pools.flatMap((pool) => pool.setAside.map(({ error }) => `  ${error.message}`))
  return [
    ...lines,
    ...(pools.length > 0 ? ['Pools', ...table(pools)] : []),
    ...(setAside.length > 0 ? ['No longer read', ...setAside] : []),
    ...(machines.length > 0 ? ['Computers', ...table(machines)] : []),
  ]
}

/** Where programs on this computer send requests. */
function describeApi(api: AppState['api']): string {
  const address = api.error?.message ?? api.url ?? (api.state === 'starting' ? 'starting' : 'off')
  const warning = takenPortWarning(api)
  return warning === null ? address : `${address} ${warning}`
}

function describeMachine(machine: Machine): string[] {
  const offers = machine.models.map(({ name }) => name).join(', ')
  const sharing = machine.isSharing ? `shares ${offers || 'nothing yet'}` : 'does not share'
  const connection = machine.isSelf ? 'this computer' : machine.connection
  return [`  ${machine.name}`, machine.ownerName, connection, sharing]
}
