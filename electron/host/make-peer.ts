import path from 'node:path'
import { app } from 'electron'
import type { Configuration } from '../../node/base/configuration.ts'
import type { Log } from '../../node/base/log.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'
import type { RoleName } from '../../node/base/roles.ts'
import { createKeychain } from './keychain.ts'
import type { HostedPeer } from './peer-host.ts'
import { spawnUtilityChild } from './utility-child.ts'

/** The second window of a demo only asks: its requests must cross to the first. */
const askingRoles: readonly RoleName[] = ['client', 'gateway']

/** Makes this process's peer. Its modules load here, after the window is up, for they take a moment. */
export async function makePeer(configuration: Configuration, network: NetworkOptions, log: Log): Promise<HostedPeer> {
  const { createPeer } = await import('../../node/peer/peer.ts')
  return createPeer({
    profileDir: configuration.profileDir,
    modelsDir: configuration.modelsDir,
    roles: configuration.demoRole === 'second' ? askingRoles : configuration.roles,
    network,
    ollamaUrl: configuration.ollamaUrl,
    apiGuests: configuration.apiGuests,
    logLevel: configuration.logLevel,
    version: app.getVersion(),
    demoRole: configuration.demoRole,
    spawnChild: spawnUtilityChild,
    keychain: createKeychain(log),
    llamaChildPath: path.join(app.getAppPath(), 'out', 'main', 'llama-child.js'),
  })
}
