import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, expect, type ElectronApplication, type Locator, type Page } from '@playwright/test'
import type { Result } from '../../node/contract/result.ts'
import type { AppState, Message } from '../../node/contract/state.ts'
import type { NetworkOptions } from '../../node/peer/peer-options.ts'

export const password = 'correct horse battery staple'
/** Nothing listens there: the suite must not find an Ollama that happens to run. */
const noOllama = 'http://127.0.0.1:9'
/** Shorter than the test's own timeout, so that a start that hangs is reported with its output. */
const startDeadlineMs = 60_000

export interface InstallOptions {
  readonly username: string
  readonly network: NetworkOptions
  readonly ollamaUrl?: string
  readonly directory?: string
  readonly args?: readonly string[]
  /** Defaults to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>
}

function executable(): string {
  const path = process.env['KITH_ELECTRON']
  if (!path) throw new Error('KITH_ELECTRON names the runtime to test on; npm run e2e sets it')
  return path
}

/** One installed Kith, in a profile of its own, driven through its window. */
export class Install {
  /** What the processes have printed. */
  output = ''

  private constructor(
    readonly app: ElectronApplication,
    readonly page: Page,
    readonly options: InstallOptions,
    readonly directory: string,
  ) {}

  static async launch(options: InstallOptions): Promise<Install> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), `kith-${options.username}-`)))
    const { host, bootstrap } = options.network
    const app = await _electron.launch({
      executablePath: executable(),
      args: [
        process.cwd(),
        '--profile',
        join(directory, 'profile'),
        '--models-dir',
        join(directory, 'models'),
        '--log-level',
        'error',
        ...(host ? ['--host', host] : []),
        ...(bootstrap ? ['--bootstrap', bootstrap.map((node) => `${node.host}:${node.port}`).join(',')] : []),
        '--ollama-url',
        options.ollamaUrl ?? noOllama,
        ...(options.args ?? []),
      ],
      ...(options.env ? { env: options.env } : {}),
      timeout: startDeadlineMs,
      // Without it Playwright switches Chromium's sandbox off.
      chromiumSandbox: true,
    })
    const install = new Install(app, await app.firstWindow(), options, directory)
    for (const stream of [app.process().stdout, app.process().stderr]) {
      stream?.on('data', (text: Buffer) => (install.output += text.toString()))
    }
    return install
  }

  /** Signs up through the window and leaves the first-run path. */
  async signUp(): Promise<string> {
    const { page } = this
    await page.getByLabel('User name').fill(this.options.username)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page.getByRole('heading', { name: 'Write these 12 words down' })).toBeVisible()
    const words = await page.getByRole('list', { name: 'Recovery phrase' }).getByRole('listitem').allInnerTexts()
    await page.getByRole('button', { name: 'I have written it down' }).click()
    return words.map((word) => word.replace(/[^a-z]/g, '')).join(' ')
  }

  async skipFirstRun(): Promise<void> {
    await this.page.getByRole('button', { name: 'Skip the rest' }).click()
  }

  async signIn(): Promise<void> {
    await this.page.getByLabel('Password', { exact: true }).fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
  }

  async open(name: 'Chat' | 'Share' | 'Keys' | 'Usage' | 'Pools' | 'Models' | 'Settings' | 'Account'): Promise<void> {
    if (name === 'Chat') {
      await this.page.getByRole('button', { name: 'New chat' }).click()
      return
    }
    if (name === 'Account') {
      await this.page.getByRole('button', { name: /: your account$/ }).click()
      return
    }
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name }).click()
  }

  /** Imports a model file, with the system's file dialog answered for the person. */
  async importModel(path: string): Promise<void> {
    await this.app.evaluate(({ dialog }, file) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] })
    }, path)
    await this.open('Models')
    await this.page.getByRole('button', { name: 'Choose a file…' }).click()
    await expect(this.page.getByText('was added to this computer').first()).toBeVisible()
  }

  /** Starts a pool and returns the link of an invite to it. */
  async startPool(name: string, uses = 1): Promise<string> {
    const { page } = this
    await this.open('Pools')
    await page.getByRole('button', { name: 'New pool' }).first().click()
    await page.getByLabel('Name of the pool').fill(name)
    await page.getByRole('button', { name: 'Start pool' }).click()
    await page.getByRole('button', { name: 'Invite somebody' }).click()
    if (uses > 1) await page.getByLabel('How many people may use it').fill(String(uses))
    await page.getByRole('button', { name: 'Make invite link' }).click()
    const link = await page.getByRole('textbox', { name: 'Invite link' }).inputValue()
    await page.getByRole('button', { name: 'Done' }).click()
    return link
  }

  async joinPool(link: string): Promise<void> {
    const { page } = this
    await this.open('Pools')
    await page.getByRole('button', { name: 'Join with an invite' }).first().click()
    await page.getByLabel('Invite link').fill(link)
    await page.getByRole('button', { name: 'Check invite' }).click()
    await page.getByRole('button', { name: 'Join this pool' }).click()
    await expect(page.getByText('You joined').first()).toBeVisible()
  }

  /** Makes a key on the Keys page and returns it, as it is shown once. */
  async createKey(choice: { name: string; pool: string; requestsPerMinute: number }): Promise<string> {
    const { page } = this
    await this.open('Keys')
    await page.getByRole('button', { name: 'New key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(choice.name)
    await dialog.getByLabel('Pool').selectOption({ label: choice.pool })
    await dialog.getByLabel('Questions a minute').fill(String(choice.requestsPerMinute))
    await dialog.getByRole('button', { name: 'Make key' }).click()
    const plainKey = await dialog.getByLabel('The key', { exact: true }).inputValue()
    await dialog.getByRole('button', { name: 'Copy key' }).click()
    await dialog.getByRole('button', { name: 'Done' }).click()
    return plainKey
  }

  /** Shows the code with which another install becomes a device of this account. */
  async startLinking(): Promise<string> {
    const { page } = this
    await this.open('Account')
    await page.getByRole('button', { name: 'Link another computer' }).click()
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Show the code' }).click()
    return page.getByLabel('Code', { exact: true }).innerText()
  }

  /** Makes this install a device of the account that shows the code. */
  async linkWith(code: string): Promise<void> {
    const { page } = this
    await page.getByRole('button', { name: 'Link this computer to my account' }).click()
    await page.getByLabel('Code from the other computer').fill(code)
    await page.getByLabel('Password for this computer').fill(password)
    await page.getByRole('button', { name: 'Link this computer', exact: true }).click()
    await expect.poll(async () => (await this.state()).account.current !== null, { timeout: 60_000 }).toBe(true)
  }

  /** Where programs on this computer send requests. */
  async apiUrl(): Promise<string> {
    await expect.poll(async () => (await this.state()).api.state).toBe('running')
    return (await this.state()).api.url ?? ''
  }

  async share(isOn: boolean): Promise<void> {
    await this.open('Share')
    const toggle = this.page.getByRole('switch', { name: 'Share this computer with my pools' })
    if ((await toggle.getAttribute('aria-checked')) !== String(isOn)) await toggle.click()
    await expect(toggle).toHaveAttribute('aria-checked', String(isOn))
  }

  async choosePool(name: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Pool:/ }).click()
    await this.page.getByRole('menuitemradio', { name }).or(this.page.getByRole('option', { name })).first().click()
  }

  async chooseModel(name: string): Promise<void> {
    await this.page.getByRole('button', { name: /^(Model:|Choose a model)/ }).click()
    await this.page.getByRole('menuitemradio', { name }).or(this.page.getByRole('option', { name })).first().click()
  }

  /** Sends a question; the privacy note is accepted where it is shown. */
  async ask(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your question' }).fill(text)
    await this.page.keyboard.press('Enter')
    const accept = this.page.getByRole('button', { name: 'I understand, ask' })
    const started = this.page.getByRole('log').getByText(text).last()
    await expect(accept.or(started).first()).toBeVisible()
    if (await accept.isVisible()) await accept.click()
  }

  get transcript(): Locator {
    return this.page.getByRole('log', { name: 'Conversation' })
  }

  /** The text of the newest answer, as the peer keeps it. */
  async lastAnswer(): Promise<string> {
    const { chats } = await this.state()
    const chatId = chats[0]?.chatId
    const opened = (await this.call('chat.open', { chatId })) as Result<{ messages: Message[] }>
    return opened.ok ? (opened.value.messages.at(-1)?.text ?? '') : opened.error.message
  }

  async state(): Promise<AppState> {
    const snapshot = (await this.call('state.snapshot', {})) as Result<{ state: AppState }>
    if (!snapshot.ok) throw new Error(snapshot.error.message)
    return snapshot.value.state
  }

  /** Generations running on this machine's engine now. */
  async activeAnswers(): Promise<number> {
    return (await this.state()).machines.find(({ isSelf }) => isSelf)?.activeAnswers ?? 0
  }

  /** Waits until another machine of the pool shares a model. */
  async untilShared(poolName: string): Promise<void> {
    await expect
      .poll(async () => {
        const { pools, machines } = await this.state()
        const pool = pools.find(({ name }) => name === poolName)
        return machines.some(
          ({ isSelf, isSharing, poolIds }) => !isSelf && isSharing && pool && poolIds.includes(pool.poolId),
        )
      })
      .toBe(true)
  }

  /** Calls the peer as the page does, over the bridge. */
  call(name: string, input: unknown): Promise<unknown> {
    return this.page.evaluate(([callName, callInput]) => window.kith?.invoke(callName, callInput), [
      name,
      input,
    ] as const)
  }

  /** Ends the process at once, as a power cut does. */
  kill(): void {
    this.app.process().kill('SIGKILL')
  }

  async close(): Promise<void> {
    await this.app.close()
  }

  async remove(): Promise<void> {
    await this.close().catch((cause: unknown) => {
      // An install that was killed is closed already.
      if (!this.app.process().killed) throw cause
    })
    await rm(this.directory, { recursive: true, force: true })
  }
}
