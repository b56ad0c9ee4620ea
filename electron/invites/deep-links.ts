import { app } from 'electron'
import { z } from 'zod'
import { inviteInFile } from './invite-file.ts'
import { findInviteLink } from './invite-link.ts'

/** What a second start hands to the first. Chromium reorders arguments, so the link travels apart from them. */
const handoverSchema = z.object({ link: z.string().max(4_000).nullable() })
export type Handover = z.infer<typeof handoverSchema>

export function makeHandover(argv: readonly string[]): Handover {
  return { link: findInviteLink(argv) ?? findInvitePage(argv) }
}

/** The link in the first page among the arguments: a saved invite that was opened with Kith. */
function findInvitePage(argv: readonly string[]): string | null {
  for (const argument of argv) {
    const link = inviteInFile(argument)
    if (link) return link
  }
  return null
}

/** Listens for links from the system and from second starts. `onOpen` fires for every second start. */
export function listenForLinking(options: { onLink: (link: string) => void; onOpen: () => void }): void {
  app.on('second-instance', (_event, _argv, _workingDir, data) => {
    const handover = handoverSchema.safeParse(data)
    if (handover.success && handover.data.link) options.onLink(handover.data.link)
    options.onOpen()
  })
  // macOS sends links this way, before or after the app is ready.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    options.onLink(url)
    options.onOpen()
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    const link = inviteInFile(path)
    if (link) options.onLink(link)
    options.onOpen()
  })
}

/** Makes this install the one that opens kith:// links. Only a packaged app may: a checkout moves and goes. */
export function claimInviteLinks(): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient('kith')
}
