import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { chromium, type Browser, type Page } from '@playwright/test'
import { delay, withDeadline } from '../../../node/base/deadline.ts'
import type { Result } from '../../../node/contract/result.ts'
import type { AppState } from '../../../node/contract/state.ts'
import type { Cleanup } from '../../harness/run-cleanly.ts'

const launchDeadlineMs = 60_000
const stopDeadlineMs = 15_000
const lookEveryMs = 10

/** The app as `npm start` launches it; its window is watched through Chromium's debugging port. */
export class LaunchedApp {
  private constructor(
    readonly child: ChildProcess,
    readonly pid: number,
    readonly page: Page,
    private readonly browser: Browser,
    private readonly startedMs: number,
  ) {}

  static async launch(cleanup: Cleanup, executablePath: string, args: readonly string[]): Promise<LaunchedApp> {
    const startedMs = performance.now()
    const child = spawn(executablePath, [process.cwd(), '--remote-debugging-port=0', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    cleanup.add(() => quit(child))
    const { pid } = child
    const endpoint = await withDeadline(endpointOf(child), launchDeadlineMs)
    if (!endpoint.inTime || endpoint.value === null || pid === undefined) throw new Error('The app did not start')
    const browser = await chromium.connectOverCDP(endpoint.value)
    const [context] = browser.contexts()
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page', { timeout: launchDeadlineMs }))
    if (!page) throw new Error('The app opened no window')
    return new LaunchedApp(child, pid, page, browser, startedMs)
  }

  /** Time since the launch. */
  get elapsedMs(): number {
    return performance.now() - this.startedMs
  }

  /** Calls the peer as the page does. */
  call(name: string, input: unknown): Promise<unknown> {
    return this.page.evaluate(([callName, callInput]) => window.kith?.invoke(callName, callInput), [
      name,
      input,
    ] as const)
  }

  /** Resolves with the time since the launch at which the state was so. */
  async untilState(isSo: (state: AppState) => boolean): Promise<number> {
    for (const endMs = performance.now() + launchDeadlineMs; performance.now() < endMs; await delay(lookEveryMs)) {
      const snapshot = (await this.call('state.snapshot', {})) as Result<{ state: AppState }> | undefined
      if (snapshot?.ok && isSo(snapshot.value.state)) return this.elapsedMs
    }
    throw new Error('The state that was waited for did not come')
  }

  /** Disconnects from the window, so that watching costs nothing; the app keeps running. */
  async stopWatching(): Promise<void> {
    await this.browser.close()
  }

  async stop(): Promise<void> {
    await this.stopWatching()
    await quit(this.child)
  }
}

/** Quits as a person does; more than once is harmless. */
async function quit(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  if (!(await withDeadline(exited, stopDeadlineMs)).inTime) child.kill('SIGKILL')
}

/** Where Chromium's debugging port listens, read from its standard error; null when the app ends first. */
async function endpointOf(child: ChildProcess): Promise<string | null> {
  if (!child.stderr) return null
  const lines = createInterface({ input: child.stderr })
  for await (const line of lines) {
    const endpoint = /^DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (endpoint === undefined) continue
    child.stderr.resume()
    return endpoint
  }
  return null
}
