import { parseArgs } from 'node:util'
import { z } from 'zod'
import { fail, ok, type Result } from '../contract/result.ts'

/** Where a setting's value was found, for `kith status` and for error messages. */
export type SettingSource = 'default' | 'file' | 'environment' | 'flag'

export interface SettingText {
  readonly source: SettingSource
  /** What the person wrote to set it: a flag, a variable, or a key of config.json. */
  readonly writtenAs: string
  readonly value: unknown
}

/** Settings by name, as text or JSON, before they are checked. */
export type RawSettings = ReadonlyMap<string, SettingText>

/** Our flags, as `parseArgs` reads them, with the setting that each one sets. */
const flags = {
  profile: { type: 'string', setting: 'profile' },
  'models-dir': { type: 'string', setting: 'modelsDir' },
  bootstrap: { type: 'string', setting: 'bootstrap' },
  host: { type: 'string', setting: 'host' },
  port: { type: 'string', setting: 'port' },
  'log-level': { type: 'string', setting: 'logLevel' },
  'ollama-url': { type: 'string', setting: 'ollamaUrl' },
  'api-hosts': { type: 'string', setting: 'apiHosts' },
  'api-origins': { type: 'string', setting: 'apiOrigins' },
  roles: { type: 'string', setting: 'roles' },
  'demo-role': { type: 'string', setting: 'demoRole' },
  demo: { type: 'boolean', setting: 'isDemo' },
  hidden: { type: 'boolean', setting: 'isHidden' },
} as const

/** In rising priority, so that KITH_OLLAMA_URL wins over Ollama's own variable. */
const variables = [
  ['KITH_PROFILE', 'profile'],
  ['KITH_MODELS_DIR', 'modelsDir'],
  ['KITH_BOOTSTRAP', 'bootstrap'],
  ['KITH_HOST', 'host'],
  ['KITH_PORT', 'port'],
  ['KITH_LOG_LEVEL', 'logLevel'],
  ['OLLAMA_HOST', 'ollamaUrl'],
  ['KITH_OLLAMA_URL', 'ollamaUrl'],
  ['KITH_API_HOSTS', 'apiHosts'],
  ['KITH_API_ORIGINS', 'apiOrigins'],
  ['KITH_ROLES', 'roles'],
] as const

/** Reads our flags and steps over everything else: Electron is also started with Chromium's own. */
export function settingsFromFlags(argv: readonly string[]): Result<RawSettings> {
  const found = new Map<string, SettingText>()
  const { tokens } = parseArgs({ args: [...argv], options: flags, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind !== 'option' || !isFlag(token.name)) continue
    const { type, setting } = flags[token.name]
    const { rawName, value, inlineValue } = token
    if (type === 'boolean') {
      if (value === undefined) found.set(setting, { source: 'flag', writtenAs: rawName, value: true })
      continue
    }
    // Without the strict rules, which Chromium's flags would break, the next flag would be taken for the value.
    if (value === undefined || (!inlineValue && value.startsWith('--'))) {
      return fail('configuration_invalid', { setting: rawName, reason: 'it needs a value after it' })
    }
    found.set(setting, { source: 'flag', writtenAs: rawName, value })
  }
  return ok(found)
}

function isFlag(name: string): name is keyof typeof flags {
  return Object.hasOwn(flags, name)
}

/** An empty variable counts as not set, as containers and service files write it. */
export function settingsFromEnvironment(env: Readonly<Record<string, string | undefined>>): RawSettings {
  const found = new Map<string, SettingText>()
  for (const [variable, name] of variables) {
    const value = env[variable]
    if (value) found.set(name, { source: 'environment', writtenAs: variable, value })
  }
  return found
}

const fileSettings = [
  'modelsDir',
  'bootstrap',
  'host',
  'port',
  'logLevel',
  'ollamaUrl',
  'apiHosts',
  'apiOrigins',
  'roles',
]
const maxFileCharacters = 65_536

/** Reads config.json. A key nobody knows is refused: it is nearly always a misspelt one. */
export function settingsFromFile(text: string, path: string): Result<RawSettings> {
  const invalid = (reason: string) => fail('configuration_invalid', { setting: path, reason })
  if (text.length > maxFileCharacters) return invalid(`the file is longer than ${maxFileCharacters} characters`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    return invalid(`it is not JSON (${cause instanceof Error ? cause.message.slice(0, 120) : 'unreadable'})`)
  }
  const settings = z.record(z.string(), z.unknown()).safeParse(json)
  if (!settings.success) return invalid('expected one JSON object')
  const found = new Map<string, SettingText>()
  for (const [name, value] of Object.entries(settings.data)) {
    if (!fileSettings.includes(name)) {
      return fail('configuration_invalid', {
        setting: name.slice(0, 80),
        reason: `config.json knows only ${fileSettings.join(', ')}`,
      })
    }
    found.set(name, { source: 'file', writtenAs: `${name} in config.json`, value })
  }
  return ok(found)
}
