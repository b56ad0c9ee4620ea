import { readFile, stat } from 'node:fs/promises'
import { codeOf } from '../base/files.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import type { CommandContext } from './command-context.ts'

const maxPasswordBytes = 4_096

/** A password is never an argument: every user of a computer can read those. */
export async function readPassword(context: CommandContext, question: string): Promise<Result<string>> {
  const given = await givenPassword(context)
  if (!given.ok) return given
  if (given.value !== null) return ok(given.value)
  const typed = await context.host.terminal.askHidden(question)
  return typed === null || typed === '' ? fail('password_needed') : ok(typed)
}

/** A new password, typed twice where a person types it. */
export async function readNewPassword(context: CommandContext): Promise<Result<string>> {
  const given = await givenPassword(context)
  if (!given.ok) return given
  if (given.value !== null) return ok(given.value)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const first = await context.host.terminal.askHidden('New password: ')
    const second = first ? await context.host.terminal.askHidden('The same again: ') : null
    if (!first || second === null) return fail('password_needed')
    if (first === second) return ok(first)
    context.output.note('The two are different. Try again.')
  }
  return fail('password_needed')
}

/** A linked computer does not hold the root key: there the recovery phrase has to stand in for it. */
export async function neededPhrase(
  { host }: CommandContext,
  hasRootKey: boolean,
): Promise<{ readonly recoveryPhrase?: string }> {
  if (hasRootKey) return {}
  const typed = host.env['KITH_RECOVERY_PHRASE'] || (await host.terminal.askHidden('Recovery phrase (12 words): '))
  return typed ? { recoveryPhrase: typed.trim() } : {}
}

/** The password that was given without asking, or null. */
export async function givenPassword(context: CommandContext): Promise<Result<string | null>> {
  const { env, terminal } = context.host
  if (context.options.passwordStdin) {
    const text = await terminal.readInput(maxPasswordBytes)
    const line = text === null ? '' : firstLine(text)
    return line === '' ? fail('password_needed') : ok(line)
  }
  const file = env['KITH_PASSWORD_FILE']
  if (file) return readPasswordFile(file)
  return ok(env['KITH_PASSWORD'] || null)
}

async function readPasswordFile(path: string): Promise<Result<string>> {
  const invalid = (reason: string) => fail('configuration_invalid', { setting: 'KITH_PASSWORD_FILE', reason })
  try {
    const found = await stat(path)
    if (!found.isFile()) return invalid('it is not a file')
    if (found.size > maxPasswordBytes) return invalid('the file is too long for a password')
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
      return invalid('other users of this computer may read the file; close it with chmod 600')
    }
    const line = firstLine(await readFile(path, 'utf8'))
    return line === '' ? invalid('the file is empty') : ok(line)
  } catch (cause) {
    return invalid(`the file cannot be read (${codeOf(cause) ?? 'unknown reason'})`)
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}
