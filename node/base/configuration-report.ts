import { homedir } from 'node:os'
import { sep } from 'node:path'
import type { Configuration } from './configuration.ts'

/**
 * The configuration as it may be printed and pasted: no home folder, no name or password inside a URL.
 *
 * Each line says where the value came from.
 */
export function redactedConfiguration(
  configuration: Configuration,
  homeDir: string = homedir(),
): Record<string, { value: string; source: string }> {
  const { network, sources } = configuration
  const line = (value: string, setting: string) => ({ value, source: sources[setting] ?? 'default' })
  return {
    profile: line(shortened(configuration.profileDir, homeDir), 'profile'),
    modelsDir: line(shortened(configuration.modelsDir, homeDir), 'modelsDir'),
    roles: line(configuration.roles.join(', '), 'roles'),
    host: line(network.host ?? 'all interfaces', 'host'),
    port: line(network.port === undefined ? 'any free one' : String(network.port), 'port'),
    bootstrap: line(
      network.bootstrap?.map((node) => `${node.host}:${node.port}`).join(', ') ?? 'public nodes',
      'bootstrap',
    ),
    ollamaUrl: line(withoutCredentials(configuration.ollamaUrl), 'ollamaUrl'),
    apiHosts: line(configuration.apiGuests.hosts.join(', '), 'apiHosts'),
    apiOrigins: line(configuration.apiGuests.origins.join(', '), 'apiOrigins'),
    logLevel: line(configuration.logLevel, 'logLevel'),
  }
}

function shortened(path: string, homeDir: string): string {
  const isInside = homeDir !== '' && (path === homeDir || path.startsWith(`${homeDir}${sep}`))
  return isInside ? `~${path.slice(homeDir.length)}` : path
}

function withoutCredentials(address: string | undefined): string {
  if (address === undefined) return 'usual address of Ollama'
  const url = new URL(address)
  if (url.username === '' && url.password === '') return address
  url.username = 'redacted'
  url.password = ''
  return url.href.replace(/\/$/, '')
}
