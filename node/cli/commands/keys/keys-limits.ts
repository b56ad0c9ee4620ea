import type { Command } from 'commander'
import { ok } from '../../../contract/result.ts'
import { addAction } from '../../add-action.ts'
import { findKey } from '../../find-key.ts'
import { addLimitOptions, changedLimits, isLimitChoice, readLimitChoice } from '../../limit-options.ts'
import type { Perform } from '../../perform.ts'
import { describeLimits } from './keys-view.ts'

/** `kith keys limits`: shows the limits of a key, or changes them. */
export function addKeyLimitsCommand(keys: Command, perform: Perform): void {
  addAction(keys, perform, {
    usage: 'limits <key>',
    description: 'what a key may use and has left; with options, changes it',
    options: (command) => {
      addLimitOptions(command)
      return { parse: readLimitChoice }
    },
    run: async ({ client, view, output }, { args: [text = ''], options }) => {
      const found = findKey(view.state.keys, text)
      if (!found.ok) return found
      const key = found.value
      if (!isLimitChoice(options)) {
        const { keyId, name, limitMode, timeZone, limitStates } = key
        output.result(
          { type: 'key-limits', keyId, name, limitMode, timeZone, limits: limitStates },
          describeLimits(key, Date.now()),
        )
        return ok()
      }
      const limits = changedLimits(key.limits, options)
      const limitMode = options.mode ?? key.limitMode
      const timeZone = options.timeZone ?? key.timeZone
      const changed = await client.call('key.update', { keyId: key.keyId, change: { limits, limitMode, timeZone } })
      if (!changed.ok) return changed
      output.result(
        { type: 'key-limits-changed', keyId: key.keyId, limits, limitMode, timeZone },
        `The limits of the key "${key.name}" are changed.`,
      )
      return ok()
    },
  })
}
