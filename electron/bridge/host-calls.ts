import { clipboard, dialog, shell, type BrowserWindow } from 'electron'
import type { HostHandlers } from '../../node/contract/api.ts'
import { ok, type Result } from '../../node/contract/result.ts'
import type { InviteInbox } from '../invites/invite-inbox.ts'
import { keychainStatus } from '../host/keychain.ts'
import { openText, saveText } from './text-files.ts'
import type { PeerHost } from '../host/peer-host.ts'
import { texts } from '../windows/texts.ts'
import { checkWebLink } from '../windows/web-link.ts'

export interface HostCallOptions {
  readonly peerHost: PeerHost
  readonly inbox: InviteInbox
  /** Taking the invite link is the last step of a page that starts. */
  readonly pageListens: () => void
  readonly startDemo: () => Promise<Result<void>>
  /** The window a dialogue belongs to. */
  readonly window: () => BrowserWindow | null
}

/** The calls that the host of the window handles itself: dialogs, web links and its own state. */
export function createHostCalls({ peerHost, inbox, pageListens, startDemo, window }: HostCallOptions): HostHandlers {
  return {
    'host.pickModelFile': async () => ok({ path: await pickModelFile(window()) }),
    'host.saveText': async ({ fileName, text }) => saveText(window(), fileName, text),
    'host.openText': async () => openText(window()),
    'host.openLink': async ({ url }) => {
      const link = checkWebLink(url)
      if (link.ok) await shell.openExternal(link.value)
      return link.ok ? ok() : link
    },
    'host.copyText': async ({ text }) => {
      // Newer versions of Electron return a promise.
      await clipboard.writeText(text)
      return ok()
    },
    'host.startDemo': startDemo,
    'host.takeInviteLink': () => {
      pageListens()
      return Promise.resolve(ok({ link: inbox.take() }))
    },
    'host.status': async () => {
      const { state } = peerHost
      return ok({
        runtime: runtimeName(),
        keychain: await keychainStatus(),
        peer: state.name === 'stopped' ? 'failed' : state.name,
        error: state.name === 'failed' ? state.error : null,
      })
    },
    'host.retryPeer': () => peerHost.start(),
  }
}

/** Which runtime this is, for bug reports and for tests, which must say what they ran on. */
export function runtimeName(): string {
  const { electron, chrome, node } = process.versions
  return `Electron ${electron} (Chrome ${chrome}, Node ${node})`
}

async function pickModelFile(window: BrowserWindow | null): Promise<string | null> {
  const options: Electron.OpenDialogOptions = {
    title: texts.pickModel,
    properties: ['openFile'],
    filters: [{ name: texts.modelFiles, extensions: ['gguf'] }],
  }
  const { canceled, filePaths } = await (window
    ? dialog.showOpenDialog(window, options)
    : dialog.showOpenDialog(options))
  return canceled ? null : (filePaths[0] ?? null)
}
