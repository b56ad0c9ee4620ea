import path from 'node:path'
import { app, session } from 'electron'
import type { Configuration } from '../node/base/configuration.ts'
import { withDeadline } from '../node/base/deadline.ts'
import type { Log } from '../node/base/log.ts'
import { ControlServer } from '../node/control/control-server.ts'
import { Background } from './windows/background.ts'
import { createCallRouter } from './bridge/call-router.ts'
import { HostDemo } from './demo/host-demo.ts'
import { closeWithFirst, runSecond } from './demo/host-second.ts'
import { createHostCalls } from './bridge/host-calls.ts'
import { loadIcon } from './windows/icons.ts'
import { InviteInbox } from './invites/invite-inbox.ts'
import { PageBridge } from './bridge/ipc.ts'
import { lockDownSession } from './windows/lockdown.ts'
import { MainWindow } from './windows/main-window.ts'
import { makePeer } from './host/make-peer.ts'
import { installMenu } from './windows/menu.ts'
import { servePage } from './windows/page-protocol.ts'
import { OrderlyExit } from './host/orderly-exit.ts'
import { PeerHost } from './host/peer-host.ts'
import { PeerViewer, type PeerView } from './bridge/peer-view.ts'
import { followPower } from './host/power.ts'
import { installQuit } from './host/quit.ts'

/** The peer starts when the page is drawn, or after this time where it never is. */
const firstPaintDeadlineMs = 3_000

export interface ApplicationOptions {
  readonly configuration: Configuration
  /** The invite that the second window of a demo was given. */
  readonly demoInvite: string | undefined
  readonly log: Log
}

/** Puts the host together: window, tray, menu, bridge, peer and demo. Made once the app is ready. */
export class Application {
  readonly #options: ApplicationOptions
  readonly #host: PeerHost
  readonly #demo: HostDemo
  readonly #inbox: InviteInbox
  readonly #bridge: PageBridge
  readonly #window: MainWindow
  readonly #viewer: PeerViewer
  readonly #background: Background
  readonly #exit: OrderlyExit
  #control: ControlServer | null = null

  constructor(options: ApplicationOptions) {
    const { configuration, log } = options
    this.#options = options
    this.#background = new Background(log)
    this.#viewer = new PeerViewer((before, now) => this.#viewChanged(before, now))
    this.#host = new PeerHost(async () => makePeer(configuration, await this.#demo.network(), log), log)
    this.#demo = new HostDemo({ configuration, host: this.#host, deliver: (event) => this.#bridge.deliver(event), log })
    this.#inbox = new InviteInbox((link) => this.#bridge.broadcast({ name: 'inviteLink', payload: { link } }))
    const host = createHostCalls({
      peerHost: this.#host,
      inbox: this.#inbox,
      pageListens: () => this.#bridge.pageListens(),
      startDemo: () => this.#demo.start(),
      window: () => this.#window.current,
    })
    // One session for the window, whatever page it shows; the peer holds it, and the page never sees a token.
    const route = createCallRouter({ host, peer: this.#host, caller: { kind: 'window' }, log })
    this.#bridge = new PageBridge(route, log, () => this.#inbox.pageGone())
    this.#exit = new OrderlyExit({
      drain: (signal) => this.#drain(signal),
      stop: () => this.#stop(),
      exit: (code) => app.exit(code),
      log,
    })
    this.#window = new MainWindow({ configuration, bridge: this.#bridge, icon: loadIcon('icon.png'), log })
  }

  async run(): Promise<void> {
    const { configuration, demoInvite, log } = this.#options
    const isSecond = configuration.demoRole === 'second'
    installQuit(this.#exit, log)
    servePage(session.defaultSession, path.join(app.getAppPath(), 'out', 'renderer'))
    lockDownSession(session.defaultSession)
    installMenu(
      { tryItAlone: () => this.#own(this.#demo.startAndTell()), quit: () => app.quit() },
      { isMac: process.platform === 'darwin', hasDevTools: !app.isPackaged },
    )
    app.on('window-all-closed', () => this.#allClosed())
    app.on('activate', () => this.show())
    followPower(this.#host, log)
    this.#followPeer()

    if (isSecond) closeWithFirst()
    else this.#openTray()
    if (!configuration.isHidden || !this.#background.isReachable) await this.#openFirstWindow()
    await this.#host.start()
    if (isSecond) await runSecond(this.#host, demoInvite, log)
  }

  /** Brings the window to the front, for a second start, the tray or the dock. */
  show(): void {
    if (!this.#exit.isLeaving) this.#window.show()
  }

  /** Takes an invite link that the system or a second start handed over. */
  receiveLink(link: string): void {
    this.#inbox.receive(link)
  }

  #followPeer(): void {
    this.#host.onEvent((event) => {
      if (event.name === 'notice') this.#bridge.deliver(event)
      else this.#bridge.broadcast(event)
      this.#viewer.follow(event)
    })
    this.#host.onState((state) => {
      if (state.name === 'running') this.#own(this.#peerRuns())
    })
  }

  #openTray(): void {
    this.#background.open(loadIcon('tray.png'), {
      open: () => this.show(),
      setSharing: (isEnabled) => this.#own(this.#setSharing(isEnabled)),
      quit: () => app.quit(),
    })
  }

  async #openFirstWindow(): Promise<void> {
    const { webContents } = this.#window.show()
    const painted = new Promise<void>((resolve) => webContents.once('dom-ready', () => resolve()))
    await withDeadline(painted, firstPaintDeadlineMs)
  }

  async #peerRuns(): Promise<void> {
    const { peer } = this.#host
    if (!peer) return
    const { configuration, log } = this.#options
    await this.#viewer.read(peer)
    this.#control = new ControlServer({ peer, profileDir: configuration.profileDir, log })
    const listening = await this.#control.start()
    if (!listening.ok) log.warn({ code: listening.error.code }, 'the command line cannot reach this window')
  }

  #viewChanged(before: PeerView, now: PeerView): void {
    this.#background.show(now)
    if (now.isSignedIn && !before.isSignedIn) this.#own(this.#demo.signedIn())
  }

  async #setSharing(isEnabled: boolean): Promise<void> {
    const result = await this.#host.dispatch('sharing.set', { isEnabled })
    if (!result.ok) this.#bridge.deliver({ name: 'notice', payload: { error: result.error } })
  }

  /** Closing the window quits, unless this computer shares and the tray shows so. */
  #allClosed(): void {
    if (this.#exit.isLeaving) return
    const isShared = this.#viewer.view.isSharing && !this.#demo.isRunning && this.#background.isReachable
    if (process.platform === 'darwin' && this.#options.configuration.demoRole !== 'second') return
    if (isShared) this.#background.tellStillSharing()
    else app.quit()
  }

  /** In a demo the friend is the person who quits, so nobody else waits for an answer. */
  async #drain(signal: AbortSignal): Promise<void> {
    if (this.#demo.isRunning) return
    await this.#host.drain(signal, (answers) => this.#background.tellFinishing(answers))
  }

  async #stop(): Promise<void> {
    await this.#close('demo', () => this.#demo.stop())
    await this.#close('control socket', async () => this.#control?.stop())
    await this.#close('peer', async () => {
      const { unclosed } = await this.#host.stop()
      if (unclosed.length > 0) this.#options.log.warn({ unclosed }, 'parts of the peer did not close in time')
    })
    await this.#close('local network', () => this.#demo.close())
    this.#bridge.close()
    this.#background.close()
  }

  /** One part that does not close must not keep the others open. */
  async #close(part: string, close: () => Promise<void>): Promise<void> {
    try {
      await close()
    } catch (cause) {
      this.#options.log.error({ cause, part }, 'a part failed to close')
    }
  }

  /** Handles a task that nobody awaits: its failure is a bug, and is logged. */
  #own(task: Promise<void>): void {
    task.catch((cause: unknown) => this.#options.log.error({ cause }, 'a task of the window host failed'))
  }
}
