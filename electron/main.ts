import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { app } from 'electron'
import type { Configuration } from '../node/base/configuration.ts'
import { createLog, type Log } from '../node/base/log.ts'
import { kithError, type KithError } from '../node/contract/errors.ts'
import { Application } from './application.ts'
import { claimInviteLinks, listenForLinking, makeHandover } from './invites/deep-links.ts'
import { inviteVariable } from './demo/second-install.ts'
import { loadHostConfiguration } from './host/host-configuration.ts'
import { lockDownContents } from './windows/lockdown.ts'
import { declarePageProtocol } from './windows/page-protocol.ts'
import { texts } from './windows/texts.ts'

/** sysexits.h: EX_CONFIG and EX_IOERR. */
const exitCodes = { configuration: 78, storage: 74 }

/** The order matters: profile, then its lock, then the page's protocol, then everything that opens files. */
function main(): void {
  const argv = process.argv.slice(1)
  const configuration = loadHostConfiguration(argv, process.env)
  if (!configuration.ok) return leave(configuration.error, exitCodes.configuration)
  const { profileDir, logLevel } = configuration.value

  app.setName(texts.appName)
  const windowDir = path.join(profileDir, 'window')
  try {
    mkdirSync(windowDir, { recursive: true, mode: 0o700 })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown'
    return leave(kithError('storage_failed', { reason }), exitCodes.storage)
  }
  // Chromium keeps its lock and its caches here, apart from the peer's files.
  app.setPath('userData', windowDir)
  const handover = makeHandover(argv)
  // The first window comes to the front and takes the link, so a second start has done its work.
  if (!app.requestSingleInstanceLock(handover)) return leave(kithError('profile_in_use'), 0)

  app.enableSandbox()
  declarePageProtocol()
  run(configuration.value, handover.link, createLog({ level: logLevel }))
}

function run(configuration: Configuration, firstLink: string | null, log: Log): void {
  lockDownContents(log)
  const demoInvite = process.env[inviteVariable]
  // A secret of this process: no child inherits it.
  delete process.env[inviteVariable]
  let application: Application | null = null
  let waitingLink = firstLink
  listenForLinking({
    onLink: (link) => {
      if (application) application.receiveLink(link)
      else waitingLink = link
    },
    onOpen: () => application?.show(),
  })

  app
    .whenReady()
    .then(() => {
      application = new Application({ configuration, demoInvite, log })
      if (waitingLink) application.receiveLink(waitingLink)
      if (configuration.demoRole === 'none') claimInviteLinks()
      return application.run()
    })
    .catch((cause: unknown) => {
      log.fatal({ cause }, 'the window host failed')
      app.quit()
    })
}

function leave(error: KithError, exitCode: number): void {
  process.stderr.write(`${error.message} (${error.code})\n`)
  app.exit(exitCode)
}

main()
