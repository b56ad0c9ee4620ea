#!/usr/bin/env node
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageJson from '../../package.json' with { type: 'json' }
import { forkChild } from '../base/fork-child.ts'
import { kithError } from '../contract/errors.ts'
import { createPeer } from '../peer/peer.ts'
import { endOnBug } from './end-on-bug.ts'
import { exitCodes } from './exit-codes.ts'
import { createProcessTerminal } from './process-terminal.ts'
import { runKith } from './program.ts'
import { safeTerminal } from './safe-terminal.ts'

/** The `kith` command: wires the process to the program, and nothing else. */

const ending = new AbortController()
const end = (): void => ending.abort()
const endAtOnce = (): never => process.exit(exitCodes.interrupted)
const interrupt = (): void => {
  if (ending.signal.aborted) endAtOnce()
  end()
}
process.on('SIGINT', interrupt)
process.on('SIGTERM', interrupt)
process.on('SIGHUP', interrupt)

const env = { ...process.env }
// Child processes do not need these, and an environment is easier to read than memory.
for (const secret of ['KITH_PASSWORD', 'KITH_RECOVERY_PHRASE']) delete process.env[secret]

const started = process.argv[1] ?? 'kith'
const fromHere = relative(process.cwd(), started)
const script = fromHere.startsWith('..') ? started : fromHere
const commandName = basename(started).endsWith('.js') ? `node ${script}` : 'kith'

/** After its work is done, the process may take this long to close what it held. */
const exitDeadlineMs = 3_000

const terminal = safeTerminal(createProcessTerminal(end))
const failed = endOnBug({ process, terminal, end })
try {
  const exitCode = await runKith(
    {
      terminal,
      env,
      signal: ending.signal,
      failed,
      version: packageJson.version,
      commandName,
      createPeer: (options) =>
        createPeer({
          ...options,
          version: packageJson.version,
          spawnChild: forkChild,
          llamaChildPath: fileURLToPath(new URL('./llama-child.js', import.meta.url)),
        }),
    },
    process.argv.slice(2),
  )
  process.exitCode = failed.aborted ? exitCodes.bug : exitCode
} catch (cause) {
  process.exitCode = exitCodes.bug
  const reference = Date.now().toString(36)
  terminal.note(`kith: ${kithError('internal', { reference }).message}`)
  const details = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  for (const line of details.split('\n')) terminal.note(line)
}
setTimeout(() => process.exit(), exitDeadlineMs).unref()
