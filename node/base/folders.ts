import { isAbsolute, posix, win32 } from 'node:path'

/** Where this user's files live, as far as the choice of folders depends on it. */
export interface UserEnvironment {
  readonly platform: NodeJS.Platform
  readonly homeDir: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The folder that holds one folder per named profile. */
export function profilesFolder(user: UserEnvironment): string {
  if (user.platform === 'win32') {
    return win32.join(user.env['APPDATA'] || win32.join(user.homeDir, 'AppData', 'Roaming'), 'Kith', 'profiles')
  }
  if (user.platform === 'darwin') return posix.join(applicationSupport(user), 'profiles')
  return posix.join(xdgFolder(user, 'XDG_CONFIG_HOME', '.config'), 'kith', 'profiles')
}

/** The folder for model files, shared by all profiles of a person: models are large and not secret. */
export function modelsFolder(user: UserEnvironment): string {
  if (user.platform === 'win32') {
    return win32.join(user.env['LOCALAPPDATA'] || win32.join(user.homeDir, 'AppData', 'Local'), 'Kith', 'models')
  }
  if (user.platform === 'darwin') return posix.join(applicationSupport(user), 'models')
  return posix.join(xdgFolder(user, 'XDG_DATA_HOME', posix.join('.local', 'share')), 'kith', 'models')
}

function applicationSupport(user: UserEnvironment): string {
  return posix.join(user.homeDir, 'Library', 'Application Support', 'Kith')
}

function xdgFolder(user: UserEnvironment, variable: string, fallback: string): string {
  const value = user.env[variable]
  // The XDG specification: a relative path is invalid and must be ignored.
  return value && isAbsolute(value) ? value : posix.join(user.homeDir, fallback)
}
