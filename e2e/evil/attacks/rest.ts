import { delay } from '../../../node/base/deadline.ts'
import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import { askWithKey, makeKey } from '../harness/programs.ts'

const newcomerMs = 15_000
const strangersInAll = 400
/** Strangers have so many places, and one more may be on its way out. */
const strangerPlaces = 33
const hourMs = 3_600_000

/** Strangers connect faster than they are sent away, and somebody new wants to join meanwhile. */
function strangers(name: string, holds: boolean): Attack {
  return {
    name,
    as: 'stranger',
    async run(scene) {
      const connecting = scene.attackAsStranger('stranger', {
        ...{ network: scene.ground.network, deviceId: scene.victim.deviceId, connections: strangersInAll, holds },
      })
      await delay(1_000)
      const beganMs = performance.now()
      await scene.hostile('member', ['silentReader'])
      const tookMs = performance.now() - beganMs
      const { opened, sentAway } = await connecting
      const harms = tookMs > newcomerMs ? [`somebody new took ${tookMs} ms to join`] : []
      if (holds && opened - sentAway > strangerPlaces) harms.push(`${opened - sentAway} strangers stayed`)
      return { attempts: opened, culprit: null, harms }
    },
  }
}

/** A processor whose clock is off generates for a program of the victim's. */
function wrongClock(name: string, aheadMs: number): Attack {
  return {
    name,
    as: 'processor',
    async run(scene) {
      const { victim, ground, poolId } = scene
      const { lying } = ground.engines
      const culprit = await scene.hostile('processor', ['wrongClock'])
      await scene.attack(culprit, 'wrongClock', { aheadMs })
      const key = await makeKey(victim, poolId, {})
      const wish = { tag: `clock-${aheadMs}`, tokens: 20, tokenMs: 1, firstTokenMs: 0 }
      const reply = await askWithKey(victim, key, { model: lying.model, text: questionFor(wish), maxTokens: 100 })
      const harms = reply.status === 200 ? [] : [`the program gets ${reply.status}`]
      await delay(1_000)
      const range = { poolId: null, direction: 'consumed', fromMs: 0, toMs: Date.now() + 86_400_000 } as const
      const { receipts } = await victim.install.call('usage.receipts', { ...range, keyId: key.keyId, max: 10 })
      if (!receipts.some(({ processorDeviceId }) => processorDeviceId === culprit.deviceId))
        harms.push('its receipt is not shown')
      return { attempts: lying.spent(wish.tag).requests, culprit, codes: ['clock_off'], harms }
    },
  }
}

const backup: Attack = {
  name: 'a backup of a pool without the account’s password',
  as: 'local program',
  async run({ victim, poolId }) {
    const text = await victim.install.result('pool.backUp', {
      ...{ poolId, password: 'a password of my own', backupPassword: 'a password of my own' },
    })
    if (text.ok) return { attempts: 1, culprit: null, harms: ['the pool was handed out'] }
    // Any other refusal says nothing about passwords.
    return { attempts: text.error.code === 'password_wrong' ? 1 : 0, culprit: null, harms: [] }
  },
}

export const rest: readonly Attack[] = [
  strangers('strangers that come and go', false),
  variant(strangers('strangers that stay', true)),
  wrongClock('a clock that is five hours late', -5 * hourMs),
  variant(wrongClock('a clock that is five hours ahead', 5 * hourMs)),
  backup,
]
