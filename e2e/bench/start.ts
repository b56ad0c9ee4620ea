// How long the real app takes to a usable window and to a usable peer, and what it uses when idle.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { delay } from '../../node/base/deadline.ts'
import { startLocalNetwork } from '../../node/net/local-network.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'
import { TestPeer, testPassword, valueOf } from '../../node/peer/testing/test-peer.ts'
import { runCleanly, type Cleanup } from '../harness/run-cleanly.ts'
import { giverReadySchema, startGiver } from './parts/giver.ts'
import { idleUse } from './parts/idle-use.ts'
import { LaunchedApp } from './parts/launched-app.ts'
import { startPacedServer } from './parts/paced-server.ts'
import { runRole, startRole } from './parts/process-role.ts'
import { median, rounded } from './parts/statistics.ts'

const launches = 5
const settleMs = 10_000
const idleMs = 30_000

const username = 'starter'

/** An account in a pool, made before the clock runs; the app is launched on its profile. */
async function prepareProfile(network: NetworkOptions, link: string): Promise<TestPeer> {
  const peer = await TestPeer.start(username, network)
  await peer.signUp()
  valueOf(await peer.peer.call('pool.join', { link }))
  await peer.until(({ machines }) => machines.some((machine) => !machine.isSelf && machine.isSharing), 'the pool')
  valueOf(await peer.peer.call('settings.update', { isFirstRunDone: true }))
  await peer.stop()
  return peer
}

function appArguments(profile: TestPeer, network: NetworkOptions): string[] {
  const bootstrap = (network.bootstrap ?? []).map(({ host, port }) => `${host}:${port}`).join(',')
  return [
    ...['--profile', join(profile.directory, 'profile'), '--models-dir', join(profile.directory, 'models')],
    ...['--host', network.host ?? '127.0.0.1', '--bootstrap', bootstrap],
    // Nothing listens there, so that an Ollama on this computer does not affect the measurement.
    ...['--ollama-url', 'http://127.0.0.1:9', '--log-level', 'error'],
  ]
}

interface Launch {
  readonly windowMs: number
  readonly networkMs: number
  readonly signInMs: number
  readonly otherPeerMs: number
}

async function timeLaunch(app: LaunchedApp): Promise<Launch> {
  // The form appears when the peer has returned its first snapshot, so this measures window and own peer together.
  const field = app.page.getByLabel('Password', { exact: true })
  await field.waitFor({ state: 'visible' })
  await field.fill(testPassword)
  const windowMs = app.elapsedMs
  const askedMs = app.elapsedMs
  await app.call('account.unlock', { username, password: testPassword })
  const signInMs = app.elapsedMs - askedMs
  const networkMs = await app.untilState(({ network }) => network.state === 'online')
  const otherPeerMs = await app.untilState(({ machines }) =>
    machines.some((machine) => !machine.isSelf && machine.isSharing && machine.models.length > 0),
  )
  return { windowMs, networkMs, signInMs, otherPeerMs }
}

async function measure(cleanup: Cleanup): Promise<void> {
  const executablePath = process.env['KITH_ELECTRON']
  if (!executablePath) throw new Error('KITH_ELECTRON names the runtime; npm run bench sets it')
  const local = await startLocalNetwork()
  cleanup.add(() => local.stop())
  const network = { host: local.host, bootstrap: local.bootstrap }
  const server = await startPacedServer('paced')
  cleanup.add(() => server.stop())
  const giverInput = { network, serverUrls: [server.url] }
  const { link } = await startRole(cleanup, fileURLToPath(import.meta.url), 'giver', giverInput, giverReadySchema)
  const profile = await prepareProfile(network, link)
  cleanup.add(() => profile.remove())
  const args = appArguments(profile, network)
  const launch = (): Promise<LaunchedApp> => LaunchedApp.launch(cleanup, executablePath, args)

  const timed: Launch[] = []
  for (let number = 1; number <= launches; number += 1) {
    console.log(`Launch ${number} of ${launches} …`)
    const app = await launch()
    timed.push(await timeLaunch(app))
    await app.stop()
  }
  console.log(`Idle for ${idleMs / 1_000} s …`)
  const app = await launch()
  await timeLaunch(app)
  await app.stopWatching()
  await delay(settleMs)
  report(timed, await idleUse(app.pid, idleMs))
}

function report(timed: readonly Launch[], idle: Awaited<ReturnType<typeof idleUse>>): void {
  const middle = (pick: (launch: Launch) => number): number => rounded(median(timed.map(pick)))
  console.log(
    JSON.stringify({
      runtime: `Electron ${process.env['KITH_ELECTRON_VERSION'] ?? 'unknown'}`,
      launches: timed.length,
      usable_window_ms: middle(({ windowMs }) => windowMs),
      network_ready_ms: middle(({ networkMs }) => networkMs),
      usable_peer_ms: middle(({ otherPeerMs }) => otherPeerMs),
      sign_in_ms: middle(({ signInMs }) => signInMs),
      idle_cpu_percent_of_one_core: rounded(idle.cpuPercent),
      idle_rss_megabytes: rounded(idle.rssMegabytes),
      idle_pss_megabytes: idle.pssMegabytes === null ? null : rounded(idle.pssMegabytes),
      idle_processes: idle.processes,
    }),
  )
}

if (process.argv[2] === 'giver') await runRole(startGiver)
else await runCleanly(measure)
