import { spawn } from 'node:child_process'
import { withDeadline } from '../../node/base/deadline.ts'
import { fail, ok, type Result } from '../../node/contract/result.ts'
import type { LocalNetwork } from '../../node/net/local-network.ts'
import { childEnvironment } from '../../node/base/child-environment.ts'
import { ReportReader } from './report.ts'

/** Carries the invite: other users of a computer can read arguments, but not the environment. */
export const inviteVariable = 'KITH_DEMO_INVITE'

/** The second window as the first sees it. */
export interface SecondInstall {
  /** Whether it came up and joined; known within a minute. */
  readonly ready: Promise<Result<void>>
  /** Resolves when it has gone, for whatever reason. */
  readonly gone: Promise<void>
  /** Asks it to close, and ends it where it does not. */
  stop(): Promise<void>
}

export interface SecondInstallOptions {
  /** The program and the arguments that come before ours: this very app. */
  readonly command: readonly [string, ...string[]]
  readonly profileDir: string
  readonly modelsDir: string
  readonly logLevel: string
  readonly network: LocalNetwork
  readonly inviteLink: string
}

const readyDeadlineMs = 60_000
/** Its profile is thrown away, so there is nothing to wait long for. */
const stopDeadlineMs = 3_000

/** Starts this app a second time, with a profile of its own on the local network. */
export function startSecondInstall(options: SecondInstallOptions): SecondInstall {
  const [program, ...leading] = options.command
  const child = spawn(program, [...leading, ...argumentsOf(options)], {
    env: { ...childEnvironment(process.env), [inviteVariable]: options.inviteLink },
    // Its input ends when this process does, even by a crash; that tells it to close.
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let leave: () => void = () => undefined
  const gone = new Promise<void>((resolve) => (leave = resolve))
  let report: (result: Result<void>) => void = () => undefined
  const reported = new Promise<Result<void>>((resolve) => (report = resolve))

  const reader = new ReportReader((line) =>
    report(line.demo === 'ready' ? ok() : fail('demo_failed', { reason: line.error.message.slice(0, 300) })),
  )
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => reader.read(chunk))
  // A closed pipe only means that the child has exited, which `exit` reports too.
  child.stdin.on('error', () => undefined)
  child.once('error', (cause) => {
    report(fail('demo_failed', { reason: cause.message.slice(0, 300) }))
    leave()
  })
  child.once('exit', leave)
  // Only once its output is read to the end is it certain that there was no report.
  child.once('close', (code) => {
    report(fail('demo_failed', { reason: `it closed at once (exit code ${code ?? 'none'})` }))
  })

  return {
    ready: withDeadline(reported, readyDeadlineMs).then((outcome) =>
      outcome.inTime ? outcome.value : fail('demo_failed', { reason: 'it did not come up within a minute' }),
    ),
    gone,
    stop: async () => {
      child.stdin.end()
      child.kill()
      const closed = await withDeadline(gone, stopDeadlineMs)
      if (closed.inTime) return
      child.kill('SIGKILL')
      await withDeadline(gone, stopDeadlineMs)
    },
  }
}

function argumentsOf(options: SecondInstallOptions): string[] {
  const bootstrap = options.network.bootstrap.map((node) => `${node.host}:${node.port}`).join(',')
  return [
    ...['--profile', options.profileDir],
    ...['--models-dir', options.modelsDir],
    ...['--bootstrap', bootstrap],
    ...['--host', options.network.host],
    ...['--log-level', options.logLevel],
    ...['--demo-role', 'second'],
  ]
}
