import { delay } from '../base/deadline.ts'
import { joinSignals } from '../base/joined-signal.ts'
import type { ContractClient } from '../contract/api.ts'
import { ok, type Result } from '../contract/result.ts'
import type { CommandContext, OwnPeer } from './command-context.ts'
import { connectControl } from '../control/control-client.ts'
import { startFailure } from '../control/start-failure.ts'

/** A peer to talk to, for the time of one command. */
export interface Session {
  readonly client: ContractClient
  /** True where no Kith ran and this command runs the peer itself. */
  readonly isOwnPeer: boolean
  /** Fires when the command is to end: Ctrl-C, or the peer is gone. */
  readonly signal: AbortSignal
  close(): Promise<void>
}

/** A window or service that is just starting has the profile, but does not listen yet. */
const startingDeadlineMs = 10_000
const retryMs = 200

/** Talks to the running peer of the profile; where none runs, starts one for this command. */
export async function openSession(context: CommandContext): Promise<Result<Session>> {
  const running = await connectRunning(context)
  if (!running.ok) return running
  if (running.value) return ok(running.value)
  const own = await startOwnPeer(context)
  if (own.ok || own.error.code !== 'profile_in_use') return own
  const endsAtMs = Date.now() + startingDeadlineMs
  while (Date.now() < endsAtMs && (await delay(retryMs, context.host.signal))) {
    const found = await connectRunning(context)
    if (!found.ok) return found
    if (found.value) return ok(found.value)
  }
  return own
}

async function connectRunning(context: CommandContext): Promise<Result<Session | null>> {
  const connected = await connectControl(context.configuration.profileDir)
  if (!connected.ok) return connected
  const client = connected.value
  if (!client) return ok(null)
  const ending = joinSignals([context.host.signal, client.closed])
  return ok({
    client,
    isOwnPeer: false,
    signal: ending,
    close: () => {
      ending.clear()
      client.close()
      return Promise.resolve()
    },
  })
}

async function startOwnPeer(context: CommandContext): Promise<Result<Session>> {
  const peer = createOwnPeer(context, 'error')
  const started = await startPeer(peer)
  if (!started.ok) return started
  const close = async (): Promise<void> => {
    await peer.stop()
  }
  return ok({ client: peer, isOwnPeer: true, signal: context.host.signal, close })
}

/** Makes the peer of this configuration; `quietLevel` applies where nobody chose a log level. */
export function createOwnPeer(context: CommandContext, quietLevel: 'error' | 'info'): OwnPeer {
  const { profileDir, modelsDir, roles, network, ollamaUrl, apiGuests, logLevel, demoRole, sources } =
    context.configuration
  return context.host.createPeer({
    profileDir,
    modelsDir,
    roles,
    network,
    ollamaUrl,
    apiGuests,
    logLevel: 'logLevel' in sources ? logLevel : quietLevel,
    demoRole,
  })
}

/** Starts it; a failure is returned, not thrown, and leaves nothing open. */
export async function startPeer(peer: OwnPeer): Promise<Result<void>> {
  try {
    await peer.start()
    return ok()
  } catch (cause) {
    return { ok: false, error: startFailure(cause) }
  }
}
