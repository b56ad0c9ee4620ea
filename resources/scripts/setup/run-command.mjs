import { spawn } from 'node:child_process'
import { describe, Problem } from './problem.mjs'

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] the command is ended after this long
 */

/**
 * @typedef {object} CommandResult
 * @property {number} code exit code; 127 where the command does not exist, 124 after its time was up
 * @property {string} output standard output and error together
 */

/** npm is a script on Windows, which needs its full name. */
export const npmCommand = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/**
 * Runs a command and keeps what it prints.
 * @param {string} command
 * @param {string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command.endsWith('.cmd'),
    })
    let output = ''
    let isLate = false
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(endLate, options.timeoutMs)
    function endLate() {
      isLate = true
      child.kill('SIGKILL')
    }
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    child.stderr.on('data', (chunk) => (output += String(chunk)))
    child.on('error', (error) => finish(127, describe(error)))
    child.on('close', (code) => finish(isLate ? 124 : (code ?? 1), ''))
    function finish(/** @type {number} */ code, /** @type {string} */ note) {
      clearTimeout(timer)
      resolve({ code, output: output + note })
    }
  })
}

/**
 * Runs a command on this terminal and hands back its exit code; stop signals reach the command too.
 * @param {string} command
 * @param {string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<number>}
 */
export function runAttached(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: 'inherit',
      shell: command.endsWith('.cmd'),
    })
    const passOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
    // A terminal sends Ctrl-C to the child as well. Passed on, it would be the second, which ends Kith at once.
    const wait = () => undefined
    process.on('SIGINT', wait).on('SIGTERM', passOn)
    const release = () => process.off('SIGINT', wait).off('SIGTERM', passOn)
    child.on('error', (error) => {
      release()
      reject(new Problem(`"${command}" could not be started: ${describe(error)}`))
    })
    child.on('close', (code, signal) => {
      release()
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1))
    })
  })
}
