import { app, type Session, type WebContents } from 'electron'
import type { Log } from '../../node/base/log.ts'
import { isPageUrl } from './page-path.ts'

/** Switches off everything a page could do beyond showing itself and calling the bridge. */
export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  // A second layer behind the content policy: no page of this app ever reaches a network.
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isAllowedRequest(details.url) }))
  session.on('will-download', (event) => event.preventDefault())
}

/** Applies to every page of this process, whoever made it. */
export function lockDownContents(log: Log): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, log))
}

function guardContents(contents: WebContents, log: Log): void {
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame && isPageUrl(event.url)) return
    event.preventDefault()
    log.warn({ scheme: schemeOf(event.url) }, 'the page tried to leave and was stopped')
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

function isAllowedRequest(url: string): boolean {
  return isPageUrl(url) || /^(data|blob|devtools|chrome-extension):/.test(url)
}

/** Addresses may carry what a person wrote; only their kind is logged. */
function schemeOf(url: string): string {
  return url.slice(0, Math.min(url.indexOf(':'), 20))
}
