import os from 'node:os'
import { basename } from 'node:path'
import type { SessionTokens } from '../../accounts/session-tokens.ts'
import type { AccountSummary } from '../../contract/accounts.ts'
import type { AppState, Machine } from '../../contract/state.ts'
import type { SignedIn } from '../calls/context.ts'
import type { PeerOptions } from '../peer-options.ts'
import type { PeerWorker } from '../peer-worker.ts'
import { machineSlices, offered, poolSlices } from './pool-slices.ts'
import type { BackgroundSharing } from '../background-sharing.ts'
import { accountSlice } from './account-slice.ts'
import { sharingSlice } from './sharing-slice.ts'
import { nothingUsed } from '../../session/usage.ts'
import { defaultSettings } from '../../session/settings-store.ts'
import type { SliceSources } from './state-publisher.ts'

const maxProfileNameLength = 80

/** What an install is called by its folder, which may have a longer name than any that is shown. */
export function profileName(profileDir: string): string {
  return basename(profileDir).slice(0, maxProfileNameLength)
}

export interface PeerView {
  readonly options: PeerOptions
  readonly worker: PeerWorker
  readonly accounts: () => readonly AccountSummary[]
  readonly signedIn: () => SignedIn | null
  /** What runs: of whoever is signed in, or of whoever keeps sharing while nobody is. */
  readonly running: () => SignedIn | null
  readonly background: BackgroundSharing
  /** What to call this computer until somebody names it. */
  readonly computerName: () => string
  readonly tokens: SessionTokens
  readonly inviteLinks: ReadonlyMap<string, string>
}

/** How each slice of the state is computed from what runs. */
export function sliceSources(view: PeerView): SliceSources {
  const { options } = view
  return {
    account: () => accountSlice(view),
    pools: () => {
      const signedIn = view.signedIn()
      if (!signedIn) return []
      const { vault, session } = signedIn
      return poolSlices(session.pools, {
        self: { accountId: vault.accountId, username: vault.username },
        links: view.inviteLinks,
        cutOffs: session.cutOffs.list(),
        limitStates: (poolId) => session.limits.planStates(poolId, vault.accountId),
        nowMs: Date.now(),
      })
    },
    machines: () => {
      const signedIn = view.signedIn()
      return signedIn ? machineSlices(signedIn.session.pools, selfMachine(view, signedIn)) : []
    },
    models: () => modelsSlice(view),
    engines: () => view.worker.hub.enginesSlice(),
    sharing: () => sharingSlice(view.running()?.session),
    network: () => networkSlice(view),
    chats: () => view.signedIn()?.session.chats.summaries() ?? [],
    settings: () => {
      const signedIn = view.signedIn()
      if (!signedIn) return { ...defaultSettings(), deviceName: view.computerName() }
      const { vault, session } = signedIn
      return { ...session.settings.settings, deviceName: vault.contents.deviceName }
    },
    runtime: () => ({
      version: options.version,
      engineMemoryFreeBytes: os.freemem(),
      profileName: profileName(options.profileDir),
      demoRole: options.demoRole,
    }),
    keys: () => view.signedIn()?.session.keys.views() ?? [],
    usage: () => view.signedIn()?.session.usage.slice() ?? nothingUsed,
    api: () => view.signedIn()?.session.api.slice ?? { state: 'off', url: null, error: null },
  }
}

/** Models that lie here but that this install does not run are not its own to offer or to ask. */
function modelsSlice(view: PeerView): AppState['models'] {
  const slice = view.worker.hub.modelsSlice()
  return view.options.roles.includes('processor') ? slice : { ...slice, local: [] }
}

function selfMachine(view: PeerView, { vault, session }: SignedIn): Machine {
  const capabilities = session.processor.capabilities()
  return {
    deviceId: vault.identity.deviceId,
    accountId: vault.accountId,
    ownerName: vault.username,
    name: vault.contents.deviceName,
    isSelf: true,
    poolIds: [...session.pools.all()].map((pool) => pool.poolId),
    gatewayPoolIds: [],
    connection: 'self',
    ...offered(capabilities),
    // This computer's own requests may use all its models, shared or not.
    models: modelsSlice(view).local,
  }
}

function networkSlice(view: PeerView): AppState['network'] {
  const { dht, phase } = view.worker
  const session = view.running()?.session
  const connectedMachines = session?.pools.list().length ?? 0
  const base = { connectedMachines, isDemo: dht.isLocal }
  if (phase === 'suspended') return { ...base, state: 'suspended', reason: 'This computer is asleep.' }
  if (phase !== 'running') return { ...base, state: 'starting', reason: 'Kith is starting.' }
  if (!session) return { ...base, state: 'stopped', reason: 'Nobody is signed in.' }
  if (connectedMachines > 0) return { ...base, state: 'online', reason: 'Other computers of your pools are connected.' }
  if (dht.isOnline) return { ...base, state: 'online', reason: 'No other computer of your pools is on right now.' }
  return { ...base, state: 'offline', reason: 'Kith is looking for the network.' }
}
