import { describe, expect, it } from 'vitest'
import { redactedConfiguration } from './configuration-report.ts'
import { loadConfiguration, type Configuration, type ConfigurationInput } from './configuration.ts'

function load(input: Partial<ConfigurationInput> = {}) {
  return loadConfiguration({
    argv: [],
    env: {},
    readFile: () => null,
    platform: 'linux',
    homeDir: '/home/ada',
    workingDir: '/srv',
    ...input,
  })
}

function loaded(input: Partial<ConfigurationInput> = {}): Configuration {
  const result = load(input)
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

function failure(input: Partial<ConfigurationInput>) {
  const result = load(input)
  return result.ok ? null : { code: result.error.code, ...result.error.details }
}

describe('loadConfiguration', () => {
  it('gives usable defaults', () => {
    expect(loaded()).toMatchObject({
      profileDir: '/home/ada/.config/kith/profiles/default',
      profileName: 'default',
      modelsDir: '/home/ada/.local/share/kith/models',
      roles: ['client', 'gateway', 'processor'],
      network: { host: undefined, bootstrap: undefined },
      logLevel: 'info',
      isDemo: false,
      sources: {},
    })
  })

  it('lets file, environment and flag win in that order', () => {
    const readFile = (): string => JSON.stringify({ logLevel: 'warn', host: '10.0.0.1', roles: ['gateway'] })
    const result = loaded({
      readFile,
      env: { KITH_LOG_LEVEL: 'error', KITH_HOST: '10.0.0.2' },
      argv: ['--host', '10.0.0.3'],
    })
    expect(result).toMatchObject({ roles: ['gateway'], logLevel: 'error', network: { host: '10.0.0.3' } })
    expect(result.sources).toEqual({ roles: 'file', logLevel: 'environment', host: 'flag' })
  })

  it('reads config.json of the chosen profile', () => {
    const read: string[] = []
    loaded({
      env: { KITH_PROFILE: 'work' },
      argv: ['--profile=./here'],
      readFile: (path) => {
        read.push(path)
        return null
      },
    })
    expect(read).toEqual(['/srv/here/config.json'])
  })

  it.each([80, 120, 200])('takes a profile name of %i characters', (length) => {
    const name = 'p'.repeat(length)
    expect(loaded({ argv: ['--profile', name] }).profileDir).toBe(`/home/ada/.config/kith/profiles/${name}`)
  })

  it('takes names and pages that may reach the local API', () => {
    expect(loaded({}).apiGuests).toEqual({ hosts: [], origins: [] })
    const env = { KITH_API_HOSTS: 'host.docker.internal, kith:8080', KITH_API_ORIGINS: 'app://obsidian.md' }
    expect(loaded({ env }).apiGuests).toEqual({
      hosts: ['host.docker.internal', 'kith:8080'],
      origins: ['app://obsidian.md'],
    })
    expect(loaded({ readFile: () => '{"apiHosts":["box"]}' }).apiGuests.hosts).toEqual(['box'])
  })

  it('takes a profile by name or by folder', () => {
    expect(loaded({ argv: ['--profile', 'second'] }).profileDir).toBe('/home/ada/.config/kith/profiles/second')
    expect(loaded({ argv: ['--profile', '~/kith-b'] }).profileDir).toBe('/home/ada/kith-b')
    expect(loaded({ env: { KITH_PROFILE: 'work', XDG_CONFIG_HOME: '/etc/ada' } }).profileDir).toBe(
      '/etc/ada/kith/profiles/work',
    )
  })

  it('steps over the flags of Electron and Chromium', () => {
    const argv = ['.', '--no-sandbox', '--remote-debugging-port=0', '-r', 'x.cjs', '--hidden', 'kith://join/abc']
    expect(loaded({ argv })).toMatchObject({ isHidden: true, profileName: 'default' })
  })

  it('reads nothing behind a double dash', () => {
    expect(loaded({ argv: ['--', '--log-level', 'noise'] }).logLevel).toBe('info')
  })

  it('reads lists from text and from JSON', () => {
    const bootstrap = [
      { host: 'node.example', port: 49_737 },
      { host: '::1', port: 1 },
    ]
    expect(loaded({ env: { KITH_BOOTSTRAP: 'node.example:49737, [::1]:1' } }).network.bootstrap).toEqual(bootstrap)
    const readFile = (): string => JSON.stringify({ bootstrap: ['node.example:49737', '[::1]:1'] })
    expect(loaded({ readFile }).network.bootstrap).toEqual(bootstrap)
  })

  it('understands the address of Ollama as Ollama does', () => {
    const url = (text: string): string | undefined => loaded({ env: { OLLAMA_HOST: text } }).ollamaUrl
    expect(url('0.0.0.0')).toBe('http://127.0.0.1:11434')
    expect(url('gpu.local:9000')).toBe('http://gpu.local:9000')
    expect(url(':9000')).toBe('http://127.0.0.1:9000')
    expect(url('https://gpu.example')).toBe('https://gpu.example')
    expect(loaded({ env: { OLLAMA_HOST: 'a:1', KITH_OLLAMA_URL: 'http://b:2' } }).ollamaUrl).toBe('http://b:2')
  })

  it.each([
    ['a flag without its value', { argv: ['--host', '--demo'] }, '--host'],
    ['an unknown log level', { env: { KITH_LOG_LEVEL: 'loud' } }, 'KITH_LOG_LEVEL'],
    ['a host name to bind', { argv: ['--host', 'localhost'] }, '--host'],
    ['a bootstrap node without a port', { env: { KITH_BOOTSTRAP: 'node.example' } }, 'KITH_BOOTSTRAP'],
    ['a port out of range', { env: { KITH_BOOTSTRAP: 'node.example:70000' } }, 'KITH_BOOTSTRAP'],
    ['a role that does not exist', { argv: ['--roles', 'client,boss'] }, '--roles'],
    ['no role at all', { argv: ['--roles', ','] }, '--roles'],
    ['an address that is no URL', { argv: ['--ollama-url', 'ftp://x'] }, '--ollama-url'],
    ['a profile name with odd characters', { argv: ['--profile', 'a b'] }, '--profile'],
    ['a profile name longer than a folder’s', { argv: ['--profile', 'ä'.repeat(101)] }, '--profile'],
    ['any host at all', { env: { KITH_API_HOSTS: 'box, *' } }, 'KITH_API_HOSTS'],
    ['any page at all', { argv: ['--api-origins', 'null'] }, '--api-origins'],
    ['a misspelt key', { readFile: () => '{"modelDir":"/x"}' }, 'modelDir'],
    ['a value of the wrong type', { readFile: () => '{"host":7}' }, 'host in config.json'],
    ['a file that is not JSON', { readFile: () => '{' }, '/home/ada/.config/kith/profiles/default/config.json'],
    ['a list for a file', { readFile: () => '[]' }, '/home/ada/.config/kith/profiles/default/config.json'],
    [
      'a file that cannot be read',
      {
        readFile: () => {
          throw new Error('EACCES')
        },
      },
      '/home/ada/.config/kith/profiles/default/config.json',
    ],
  ])('names the setting for %s', (_case, input, setting) => {
    expect(failure(input)).toMatchObject({ code: 'configuration_invalid', setting })
  })
})

describe('redactedConfiguration', () => {
  it('hides the home folder and credentials, and names each source', () => {
    const printed = redactedConfiguration(
      loaded({ env: { KITH_OLLAMA_URL: 'http://ada:hunter2@gpu:1' }, argv: ['--models-dir', '/home/adam/m'] }),
      '/home/ada',
    )
    expect(JSON.stringify(printed)).not.toMatch(/hunter2|\/home\/ada\//)
    expect(printed['profile']).toEqual({ value: '~/.config/kith/profiles/default', source: 'default' })
    expect(printed['modelsDir']).toEqual({ value: '/home/adam/m', source: 'flag' })
  })
})
