import { pino, type DestinationStream, type Logger } from 'pino'
import { plainJson } from './plain-text.ts'

export type Log = Logger

/**
 * A structured log to standard error, to another destination, or to nowhere.
 *
 * The listed fields are redacted wherever they appear; prompts and answers are never logged at all.
 */
export function createLog(
  options: { level: 'silent' | 'error' | 'warn' | 'info' | 'debug' },
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  return pino(
    {
      level: options.level,
      base: null,
      redact: {
        paths: ['password', 'recoveryPhrase', 'link', 'secret', '*.password', '*.recoveryPhrase', '*.link', '*.secret'],
        censor: '[redacted]',
      },
      serializers: { cause: pino.stdSerializers.err },
    },
    // Standard error is a terminal as often as not, and reasons and names come from other computers.
    { write: (line) => destination.write(plainJson(line)) },
  )
}
