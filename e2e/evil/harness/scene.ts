import type { DeviceId, PoolId } from '../../../node/contract/ids.ts'
import { planIdSchema } from '../../../node/contract/ids.ts'
import type { Limits } from '../../../node/contract/limits.ts'
import type { AppState } from '../../../node/contract/state.ts'
import { hostileParts, type HostileInput, type HostileName, type HostileReport } from '../hostile/hostile-parts.ts'
import { questionFor } from './engine-server.ts'
import { Ground } from './ground.ts'
import type { Install, PartProgram } from './install.ts'
import { PartProcess } from './part-process.ts'

const tokenMs = 50
/** What a pool's plan is called that an attack gives to somebody. */
const tightPlanId = planIdSchema.parse('tight')
const inviteLifetimeMs = 3_600_000

/** Somebody's install with what others know it by. */
export interface Person {
  readonly install: Install
  readonly deviceId: DeviceId
  readonly accountId: AppState['pools'][number]['members'][number]['accountId']
  readonly username: string
}

/**
 * A pool before an attack: the victim, who owns it and shares a model, and an honest member who reads from the
 * victim without an end. Hostile installs join it, each in a process of its own.
 */
export class Scene {
  readonly #hostile: Install[] = []
  /** What hostile installs say that they have achieved. */
  readonly reports: unknown[] = []
  #count = 0

  private constructor(
    readonly ground: Ground,
    readonly victim: Person,
    readonly honest: Person,
    readonly poolId: PoolId,
    private readonly links: { readonly guest: string; readonly member: string },
  ) {}

  static async open(program: PartProgram): Promise<Scene> {
    const ground = await Ground.open(program)
    try {
      const { steady, loading } = ground.engines
      const [victim, honest] = await Promise.all([
        ground.start('victim', { serverUrls: [steady.url], ollamaUrl: loading.url }),
        ground.start('honest'),
      ])
      const { poolId } = await victim.call('pool.create', { name: 'Friends' })
      const invite = { poolId, usesAllowed: 200, lifetimeMs: inviteLifetimeMs }
      const { link: guest } = await victim.call('pool.createInvite', { ...invite, role: 'guest' })
      const { link: member } = await victim.call('pool.createInvite', { ...invite, role: 'member' })
      await victim.call('sharing.set', { isEnabled: true })
      await honest.call('pool.join', { link: member })
      await honest.until((state) => isActive(state, poolId) && offers(state, steady.model), 'the shared model')
      for (const install of [victim, honest]) await keepSomething(install, poolId, steady.model)
      const people = [await person(victim, poolId), await person(honest, poolId)] as const
      const scene = new Scene(ground, ...people, poolId, { guest, member })
      await scene.readSteadily()
      return scene
    } catch (cause) {
      await ground.close()
      throw cause
    }
  }

  /** The honest member begins to read from the victim, or begins again. */
  async readSteadily(): Promise<void> {
    const { model } = this.ground.engines.steady
    const question = questionFor({ tag: 'steady', tokens: 100_000, tokenMs, firstTokenMs: 0 })
    await this.honest.install.until((state) => offers(state, model), 'the shared model')
    await this.honest.install.part.order('read', { poolId: this.poolId, model, question }, 30_000)
  }

  /** Starts a hostile install and has it join the pool. As a processor it shares a model of its own. */
  async hostile(
    role: 'guest' | 'member' | 'gateway' | 'processor',
    parts: readonly [HostileName, ...HostileName[]],
  ): Promise<Person> {
    const { victim, poolId, ground } = this
    const { steady, lying } = ground.engines
    this.#count += 1
    const isProcessor = role === 'processor'
    const install = await ground.start(`mallory-${this.#count}`, {
      serverUrls: isProcessor ? [lying.url] : [],
      hostile: parts,
    })
    this.#hostile.push(install)
    await install.call('settings.update', { deviceName: `Computer of ${install.username}` })
    await install.call('pool.join', { link: role === 'guest' ? this.links.guest : this.links.member })
    await install.until((state) => isActive(state, poolId) && offers(state, steady.model), 'the pool')
    const who = await person(install, poolId)
    if (role === 'gateway') {
      await victim.install.call('pool.setGateway', { poolId, deviceId: who.deviceId, isGateway: true })
      await install.until(
        ({ machines }) => machines.some(({ isSelf, gatewayPoolIds }) => isSelf && gatewayPoolIds.includes(poolId)),
        'the gateway role',
      )
    }
    if (isProcessor) {
      await install.call('sharing.set', { isEnabled: true })
      await victim.install.until((state) => offers(state, lying.model), 'the model of the hostile processor')
    }
    return who
  }

  /** Orders a hostile install to attack the victim. */
  attack<N extends HostileName>(who: Person, name: N, input: HostileInput<N>): Promise<HostileReport<N>> {
    return this.#order(who.install.part, name, input)
  }

  /** The same from outside the pool, without an install. */
  async attackAsStranger<N extends HostileName>(name: N, input: HostileInput<N>): Promise<HostileReport<N>> {
    const part = new PartProcess('stranger', this.ground.program)
    part.yieldCores()
    try {
      return await this.#order(part, name, input)
    } finally {
      await part.kill()
    }
  }

  async #order<N extends HostileName>(part: PartProcess, name: N, input: HostileInput<N>): Promise<HostileReport<N>> {
    const said = await part.order('attack', { name, input }, 60_000)
    const report = hostileParts[name].report.parse(said) as HostileReport<N>
    this.reports.push({ [name]: report })
    return report
  }

  /** What every attack on the victim has to know. */
  target(seed: number): { poolId: PoolId; victimDeviceId: DeviceId; seed: number } {
    return { poolId: this.poolId, victimDeviceId: this.victim.deviceId, seed }
  }

  /** Holds a member to limits of their own from now on. */
  async limit(who: Person, limits: Limits): Promise<void> {
    const { victim, poolId } = this
    const plan = { planId: tightPlanId, name: 'Tight', limits, limitMode: 'enforced', timeZone: 'UTC' } as const
    await victim.install.call('pool.savePlan', { poolId, plan })
    await victim.install.call('pool.setMember', { poolId, accountId: who.accountId, planId: tightPlanId })
    await who.install.until(
      ({ pools }) =>
        pools.some(
          (pool) => pool.poolId === poolId && pool.members.some((one) => one.isSelf && one.planId === tightPlanId),
        ),
      'the plan',
    )
  }

  async unlimit(who: Person): Promise<void> {
    const { victim, poolId } = this
    const planId = planIdSchema.parse('default')
    await victim.install.call('pool.setMember', { poolId, accountId: who.accountId, planId })
  }

  /** Ends the hostile installs; what they have left in the pool stays there. */
  async endHostile(): Promise<void> {
    await Promise.all(this.#hostile.splice(0).map((install) => install.kill()))
  }

  async close(): Promise<void> {
    await this.ground.close()
  }
}

function isActive({ pools }: AppState, poolId: PoolId): boolean {
  return pools.find((pool) => pool.poolId === poolId)?.state === 'active'
}

function offers({ machines }: AppState, model: string): boolean {
  return machines.some(
    ({ isSelf, isSharing, models }) => !isSelf && isSharing && models.some(({ name }) => name === model),
  )
}

async function person(install: Install, poolId: PoolId): Promise<Person> {
  const { machines, pools } = await install.state()
  const self = machines.find(({ isSelf }) => isSelf)
  const accountId = pools.find((pool) => pool.poolId === poolId)?.members.find(({ isSelf }) => isSelf)?.accountId
  if (!self || !accountId) throw new Error(`${install.username} is not in the pool`)
  return { install, deviceId: self.deviceId, accountId, username: install.username }
}

/** A key, a chat and a receipt, so that there is something to lose. */
async function keepSomething(install: Install, poolId: PoolId, model: string): Promise<void> {
  await install.call('key.create', {
    ...{ poolId, name: 'Editor', scopes: ['inference'], allowedModels: null, limits: { requestsPerDay: 1_000 } },
    ...{ limitMode: 'enforced', timeZone: 'UTC', expiresAtMs: null },
  })
  const text = questionFor({ tag: 'kept', tokens: 5, tokenMs: 1, firstTokenMs: 0 })
  await install.call('chat.ask', { chatId: null, text, model, poolId, temperature: 0 })
  await install.until(({ chats }) => chats.length === 1 && chats.every(({ isAnswering }) => !isAnswering), 'a chat')
}
