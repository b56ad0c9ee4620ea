import type { Configuration } from '../../node/base/configuration.ts'
import { texts } from './texts.ts'

/** Tells windows of several profiles apart; the usual profile is just "Kith". */
export function windowTitle(configuration: Pick<Configuration, 'demoRole' | 'profileName' | 'sources'>): string {
  switch (configuration.demoRole) {
    case 'first':
      return `${texts.appName} – ${texts.demoFirst}`
    case 'second':
      return `${texts.appName} – ${texts.demoSecond}`
    case 'none':
      return 'profile' in configuration.sources ? `${texts.appName} – ${configuration.profileName}` : texts.appName
  }
}
