import { homedir } from 'node:os'
import path from 'node:path'
import { loadConfiguration, type Configuration } from '../../node/base/configuration.ts'
import { profilesFolder } from '../../node/base/folders.ts'
import { ok, type Result } from '../../node/contract/result.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The configuration of a window. A demo has a profile of its own, so that it never touches a real account. */
export function loadHostConfiguration(argv: readonly string[], env: Environment): Result<Configuration> {
  const loaded = loadConfiguration({ argv, env })
  if (!loaded.ok || !loaded.value.isDemo) return loaded
  const profileDir = path.join(
    path.dirname(profilesFolder({ platform: process.platform, homeDir: homedir(), env })),
    'demo',
    'first',
  )
  const demo =
    'profile' in loaded.value.sources ? loaded : loadConfiguration({ argv: ['--profile', profileDir, ...argv], env })
  return demo.ok ? ok({ ...demo.value, demoRole: 'first' }) : demo
}
