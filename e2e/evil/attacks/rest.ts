import { delay } from '../../../node/base/deadline.ts'
import { variant, type Attack } from '../attack.ts'
import { questionFor } from '../harness/engine-server.ts'
import { askWithKey, makeKey } from '../harness/programs.ts'
import { toldAbout } from '../harness/told.ts'

const newcomerMs = 15_000

/** Strangers connect faster than they are sent away, and somebody new wants to join meanwhile. */
function strangers(name: string, holds: boolean): Attack {
  return {
    name,
    as: 'stranger',
    async run(scene) {
      const connecting = scene.attackAsStranger('stranger', {
        ...{ network: scene.ground.network, deviceId: scene.victim.deviceId, connections: 400, holds },
      })
      await delay(1_000)
      const beganMs = performance.now()
      await scene.hostile('member', ['silentReader'])
      const tookMs = performance.now() - beganMs
      await connecting
      return { culprit: null, harms: tookMs > newcomerMs ? [`somebody new took ${tookMs} ms to join`] : [] }
    },
  }
}

const wrongClock: Attack = {
  name: 'a clock that is five hours late',
  as: 'processor',
  async run(scene) {
    const { victim, ground, poolId } = scene
    const culprit = await scene.hostile('processor', ['wrongClock'])
    const key = await makeKey(victim, poolId, {})
    const text = questionFor({ tag: 'late', tokens: 20, tokenMs: 1, firstTokenMs: 0 })
    const reply = await askWithKey(victim, key, { model: ground.engines.lying.model, text, maxTokens: 100 })
    const harms = reply.status === 200 ? [] : [`the program gets ${reply.status}`]
    await delay(1_000)
    const range = { poolId: null, direction: 'consumed', fromMs: 0, toMs: Date.now() + 86_400_000 } as const
    const { receipts } = await victim.install.call('usage.receipts', { ...range, keyId: key.keyId, max: 10 })
    if (receipts.length === 0) harms.push('its receipt is not shown')
    const told = await toldAbout(scene, culprit)
    if (!told.includes('clock_off')) harms.push('nobody says that its clock is off')
    return { culprit: null, harms }
  },
}

const backup: Attack = {
  name: 'a backup of a pool without the account’s password',
  as: 'local program',
  async run({ victim, poolId }) {
    const text = await victim.install.result('pool.backUp', {
      ...{ poolId, password: 'a password of my own', backupPassword: 'a password of my own' },
    })
    return { culprit: null, harms: text.ok ? ['the pool was handed out'] : [] }
  },
}

export const rest: readonly Attack[] = [
  strangers('strangers that come and go', false),
  variant(strangers('strangers that stay', true)),
  wrongClock,
  backup,
]
