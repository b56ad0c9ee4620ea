import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { apiHostsSchema, apiOriginsSchema, type ApiGuests } from '../contract/api-guests.ts'
import { fail, ok, type Result } from '../contract/result.ts'
import { codeOf } from './files.ts'
import { modelsFolder, profilesFolder, type UserEnvironment } from './folders.ts'
import { roleNames, type RoleName } from './roles.ts'
import {
  settingsFromEnvironment,
  settingsFromFile,
  settingsFromFlags,
  type RawSettings,
  type SettingSource,
} from './setting-sources.ts'
import {
  addressSchema,
  bootstrapSchema,
  demoRoleSchema,
  logLevelSchema,
  ollamaUrlSchema,
  pathSchema,
  portSchema,
  rolesSchema,
  splitList,
  type HostAndPort,
} from './setting-values.ts'

/** What a host needs to know before it can make a peer. docs/configuration.md describes each setting. */
export interface Configuration {
  readonly profileDir: string
  readonly profileName: string
  readonly modelsDir: string
  readonly roles: readonly RoleName[]
  readonly network: {
    readonly host?: string | undefined
    readonly port?: number | undefined
    readonly bootstrap?: readonly HostAndPort[] | undefined
  }
  readonly ollamaUrl?: string | undefined
  /** Names and pages that may reach the local API, beside those that the window lists. */
  readonly apiGuests: ApiGuests
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug'
  readonly demoRole: 'none' | 'first' | 'second'
  /** Open a second install beside this one, on a network of their own. */
  readonly isDemo: boolean
  /** Start without showing the window. */
  readonly isHidden: boolean
  /** Where each setting came from. */
  readonly sources: Readonly<Record<string, SettingSource>>
}

export interface ConfigurationInput {
  /** Arguments without the program; unknown ones are stepped over. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Answers null for a file that is not there; throws when it cannot be read. */
  readonly readFile?: (path: string) => string | null
  readonly platform?: NodeJS.Platform
  readonly homeDir?: string
  readonly workingDir?: string
}

/** Puts the configuration together: defaults, then config.json of the profile, environment, flags. */
export function loadConfiguration(input: ConfigurationInput): Result<Configuration> {
  const user: UserEnvironment = {
    platform: input.platform ?? process.platform,
    homeDir: input.homeDir ?? homedir(),
    env: input.env,
  }
  const workingDir = input.workingDir ?? process.cwd()
  const flags = settingsFromFlags(input.argv)
  if (!flags.ok) return flags
  const outer: RawSettings = new Map([...settingsFromEnvironment(input.env), ...flags.value])

  const profile = resolveProfile(outer, user, workingDir)
  if (!profile.ok) return profile
  const file = readSettingsFile(join(profile.value.dir, 'config.json'), input.readFile ?? readTextFile)
  if (!file.ok) return file
  const settings = new Map([...file.value, ...outer])

  const parsed = settingsSchema.safeParse(Object.fromEntries([...settings].map(([name, { value }]) => [name, value])))
  if (!parsed.success) return invalidSetting(parsed.error, settings)
  const { modelsDir, host, port, bootstrap, apiHosts, apiOrigins, ...values } = parsed.data
  const modelsBase = settings.get('modelsDir')?.source === 'file' ? profile.value.dir : workingDir
  return ok({
    ...values,
    profileDir: profile.value.dir,
    profileName: profile.value.name,
    modelsDir: modelsDir === undefined ? modelsFolder(user) : resolvePath(modelsDir, user, modelsBase),
    network: { host, port, bootstrap },
    apiGuests: { hosts: apiHosts, origins: apiOrigins },
    sources: Object.fromEntries([...settings].map(([name, { source }]) => [name, source])),
  })
}

/** A list is an array in config.json, and text with commas in a variable or a flag. */
function list<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (typeof value === 'string' ? splitList(value) : value), schema)
}

const settingsSchema = z.object({
  modelsDir: pathSchema.optional(),
  roles: list(rolesSchema).default([...roleNames]),
  host: addressSchema.optional(),
  port: portSchema.optional(),
  bootstrap: list(bootstrapSchema).optional(),
  ollamaUrl: ollamaUrlSchema.optional(),
  apiHosts: list(apiHostsSchema).default([]),
  apiOrigins: list(apiOriginsSchema).default([]),
  logLevel: logLevelSchema.default('info'),
  demoRole: demoRoleSchema.default('none'),
  isDemo: z.boolean().default(false),
  isHidden: z.boolean().default(false),
})

function invalidSetting(error: z.ZodError, settings: RawSettings): Result<never> {
  const issue = error.issues[0]
  const name = String(issue?.path[0] ?? 'config.json')
  return fail('configuration_invalid', {
    setting: settings.get(name)?.writtenAs ?? name,
    reason: issue?.message ?? 'it could not be read',
  })
}

/** The name of a folder can be no longer on common file systems, less what a copy of it may be called. */
const maxNameBytes = 200

function resolveProfile(
  settings: RawSettings,
  user: UserEnvironment,
  workingDir: string,
): Result<{ dir: string; name: string }> {
  const setting = settings.get('profile')
  const text = setting === undefined ? 'default' : setting.value
  const invalid = (reason: string) =>
    fail('configuration_invalid', { setting: setting?.writtenAs ?? 'profile', reason })
  const path = pathSchema.safeParse(text)
  if (!path.success) return invalid(path.error.issues[0]?.message ?? 'expected a folder')
  if (/[/\\]|^\.{1,2}$|^~$/.test(path.data)) {
    const dir = resolvePath(path.data, user, workingDir)
    return ok({ dir, name: basename(dir).slice(0, 80) || 'root' })
  }
  if (!/^[\p{L}\p{N}_.-]+$/u.test(path.data) || Buffer.byteLength(path.data) > maxNameBytes) {
    return invalid(
      `expected a folder, or a name of letters, digits, dots, dashes or underscores, of at most ${maxNameBytes} bytes`,
    )
  }
  return ok({ dir: join(profilesFolder(user), path.data), name: path.data })
}

function resolvePath(path: string, user: UserEnvironment, baseDir: string): string {
  return resolve(
    baseDir,
    path.replace(/^~(?=$|[/\\])/, () => user.homeDir),
  )
}

function readSettingsFile(path: string, readFile: (path: string) => string | null): Result<RawSettings> {
  try {
    const text = readFile(path)
    return text === null ? ok(new Map()) : settingsFromFile(text, path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable'
    return fail('configuration_invalid', { setting: path, reason: `the file cannot be read (${reason})` })
  }
}

function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw cause
  }
}
