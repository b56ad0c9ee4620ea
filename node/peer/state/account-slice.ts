import type { Vault } from '../../accounts/vault/vault.ts'
import type { AccountSummary, OwnDeviceView } from '../../contract/accounts.ts'
import { tagOf } from '../../contract/ids.ts'
import type { AppState } from '../../contract/state.ts'
import type { SignedIn } from '../calls/context.ts'
import type { PeerView } from './peer-state.ts'

/** Who may sign in here, who is signed in, and who serves while nobody is. */
export function accountSlice(view: PeerView): AppState['account'] {
  const accounts = [...view.accounts()]
  const signedIn = view.signedIn()
  const serving = signedIn ? null : view.background.current
  const sharingAs = serving ? summaryOf(serving.vault, accounts) : null
  if (!signedIn) return { accounts, current: null, copiedProfile: false, sharingAs }
  const { vault, session } = signedIn
  return {
    accounts,
    current: {
      ...summaryOf(vault, accounts),
      deviceId: vault.identity.deviceId,
      deviceName: vault.contents.deviceName,
      recoveryPhraseSaved: vault.contents.recoveryPhraseSaved,
      hasRootKey: vault.contents.entropy !== null,
      devices: devicesOf(signedIn),
      sessions: view.tokens.views(),
      keepsSharing: view.background.isKept,
      link: session.linkingHost.view,
    },
    copiedProfile: vault.isCopied,
    sharingAs,
  }
}

function summaryOf({ accountId, username }: Vault, accounts: readonly AccountSummary[]): AccountSummary {
  const isRemembered = accounts.find((account) => account.accountId === accountId)?.isRemembered ?? false
  return { accountId, username, tag: tagOf(accountId), isRemembered }
}

function devicesOf({ vault, session }: SignedIn): OwnDeviceView[] {
  const self = vault.identity.deviceId
  const connected = new Set(session.pools.list().map(({ deviceId }) => deviceId))
  return vault.contents.devices.map(({ device, name, addedAtMs }) => ({
    deviceId: device,
    name,
    addedAtMs,
    isSelf: device === self,
    isConnected: device === self || connected.has(device),
  }))
}
