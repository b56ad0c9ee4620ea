import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

type Environment = Record<string, string>

const keyringPassword = 'the password of the computer account'
const startDeadlineMs = 15_000
const askEveryMs = 50

/** A bus that starts nothing by itself, so that nothing but the keyring is ever on it. */
const busConfiguration = (address: string): string => `<busconfig>
  <type>session</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`

/** What an app starts with on a desktop that keeps secrets on this bus; without one, on no desktop at all. */
export function desktopEnvironment(busAddress: string | null): Environment {
  const own: Environment = {}
  for (const [name, value] of Object.entries(process.env)) {
    // The desktop that runs the tests has a keyring too, which must not be used.
    if (value !== undefined && !/^(DBUS_|XDG_|DESKTOP_SESSION$|GNOME_|KDE_)/.test(name)) own[name] = value
  }
  return busAddress === null
    ? { ...own, DBUS_SESSION_BUS_ADDRESS: 'disabled:' }
    : { ...own, DBUS_SESSION_BUS_ADDRESS: busAddress, XDG_CURRENT_DESKTOP: 'GNOME' }
}

/** A real gnome-keyring, unlocked as a login unlocks it, on a session bus and in a home of its own. */
export class Keyring {
  readonly #processes: ChildProcess[] = []
  #said = ''

  private constructor(
    private readonly directory: string,
    readonly busAddress: string,
  ) {}

  static async start(): Promise<Keyring> {
    const directory = await mkdtemp(join(tmpdir(), 'kith-keyring-'))
    const keyring = new Keyring(directory, `unix:path=${join(directory, 'bus')}`)
    try {
      await keyring.#startBus()
      await keyring.#startDaemon()
    } catch (cause) {
      await keyring.stop()
      throw cause
    }
    return keyring
  }

  async stop(): Promise<void> {
    for (const child of this.#processes.reverse()) {
      const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null
      if (hasEnded) continue
      const ended = once(child, 'exit')
      child.kill()
      await ended
    }
    await rm(this.directory, { recursive: true, force: true })
  }

  async #startBus(): Promise<void> {
    const file = join(this.directory, 'bus.conf')
    await writeFile(file, busConfiguration(this.busAddress))
    this.#spawn('dbus-daemon', ['--nofork', '--nopidfile', `--config-file=${file}`])
    await this.#until('the bus', ['/org/freedesktop/DBus', 'org.freedesktop.DBus', 'org.freedesktop.DBus.GetId'], '')
  }

  async #startDaemon(): Promise<void> {
    const daemon = this.#spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'])
    // The end of the input marks the end of the password.
    daemon.stdin?.end(keyringPassword)
    const collection = '/org/freedesktop/secrets/aliases/default'
    const isLocked = ['string:org.freedesktop.Secret.Collection', 'string:Locked']
    const ask = [collection, 'org.freedesktop.secrets', 'org.freedesktop.DBus.Properties.Get', ...isLocked]
    await this.#until('the keyring', ask, 'boolean false')
  }

  #spawn(program: string, args: string[]): ChildProcess {
    const { directory, busAddress } = this
    const child = spawn(program, args, {
      env: {
        ...desktopEnvironment(busAddress),
        HOME: directory,
        XDG_DATA_HOME: directory,
        XDG_RUNTIME_DIR: directory,
      },
    })
    child.on('error', (cause) => (this.#said += String(cause)))
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (this.#said += String(text)))
    this.#processes.push(child)
    return child
  }

  /** Asks on the bus until the answer holds these words; an error is no answer yet. */
  async #until(part: string, [path = '', service = '', ...call]: string[], words: string): Promise<void> {
    const ask = [`--bus=${this.busAddress}`, '--print-reply', `--dest=${service}`, path, ...call]
    const deadlineMs = Date.now() + startDeadlineMs
    let answer = ''
    while (Date.now() < deadlineMs) {
      try {
        answer = (await run('dbus-send', ask, { timeout: startDeadlineMs })).stdout
        if (answer.includes(words)) return
      } catch (cause) {
        answer = String(cause)
      }
      await new Promise((resolve) => setTimeout(resolve, askEveryMs))
    }
    throw new Error(`${part} did not come up: ${answer} ${this.#said}`)
  }
}
