import type { Result } from '../node/contract/result.ts'
import type { ReceiptView, UsageDirection } from '../node/contract/usage.ts'
import { tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import { expect, test } from './harness/fixtures.ts'
import { Headless } from './harness/headless.ts'
import { password, type Install } from './harness/install.ts'
import { minuteWith } from './harness/minutes.ts'
import { Program } from './harness/program.ts'
import { whereFound } from './harness/secrets.ts'

const model = 'Kith tiny'
const minuteMs = 60_000

async function receipts(install: Install, direction: UsageDirection): Promise<ReceiptView[]> {
  const range = { poolId: null, direction, fromMs: 0, toMs: Date.now() + minuteMs, keyId: null, max: 500 }
  const answer = (await install.call('usage.receipts', range)) as Result<{ receipts: ReceiptView[] }>
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value.receipts
}

/** Three answers, a refused fourth, and the count of it on both sides. */
async function askThreeTimes(program: Program): Promise<void> {
  for (const left of [2, 1, 0]) {
    const answer = await program.ask('What do you say?', model)
    expect(answer.text).toContain(tinySentence)
    expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('3')
    // What is set aside for other devices in case this one goes away does not count as left; it is called back in time.
    expect(Number(answer.headers.get('x-ratelimit-remaining-requests'))).toBeLessThanOrEqual(left)
  }
  const refusal = await program.refused('And once more?', model)
  expect(refusal).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
  expect(refusal.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(refusal.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+m)?[\d.]+s$/)
}

interface Installs {
  readonly b: Install
  readonly b2: Install
  readonly gateway: Headless
  readonly other: Headless
}

/** The key works on its owner's two devices and on the gateway, its limit holds across them, and no other takes it. */
async function worksOnThree({ b, b2, gateway, other }: Installs, plainKey: string): Promise<void> {
  const onFirst = new Program(await b.apiUrl(), plainKey)
  const onSecond = new Program(await b2.apiUrl(), plainKey)
  const onGateway = new Program(await gateway.apiUrl(), plainKey)
  const onOther = new Program(await other.apiUrl(), plainKey)
  // Role and key have arrived where the models of the pool are listed for the key.
  for (const program of [onFirst, onSecond, onGateway]) {
    await expect.poll(() => program.models(), { timeout: 30_000 }).toContain(model)
  }
  await minuteWith(minuteMs)
  for (const program of [onSecond, onGateway, onFirst]) {
    expect((await program.ask('What do you say?', model)).text).toContain(tinySentence)
  }
  for (const program of [onSecond, onGateway, onFirst]) {
    expect(await program.refused('And now?', model)).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
  }
  expect((await onOther.refused('And for me?', model)).code).toBe('key_not_here')
}

/** Both windows show three answers within two seconds, and the receipts of both sides agree. */
async function isCountedOnBoth(a: Install, b: Install): Promise<void> {
  await b.open('Keys')
  await expect(b.page.getByText('3 of 3 questions this minute')).toBeVisible({ timeout: 2_000 })
  await b.open('Usage')
  await expect(b.page.getByText('You asked for 3 answers')).toBeVisible({ timeout: 2_000 })
  await a.open('Usage')
  await a.page.getByRole('radio', { name: 'Answers your computers gave' }).click()
  await expect(a.page.getByText('Your computers gave 3 answers')).toBeVisible({ timeout: 2_000 })
  await expect
    .poll(async () => (await receipts(a, 'served')).map(({ state }) => state))
    .toEqual(['countersigned', 'countersigned', 'countersigned'])
  const facts = (list: readonly ReceiptView[]): unknown =>
    list.map(({ attemptId, keyId, promptTokens, completionTokens, outcome }) => {
      return { attemptId, keyId, promptTokens, completionTokens, outcome }
    })
  expect(facts(await receipts(b, 'consumed'))).toEqual(facts(await receipts(a, 'served')))
}

async function suspend(a: Install, username: string): Promise<void> {
  await a.open('Pools')
  await a.page.getByRole('navigation', { name: 'Your pools' }).getByRole('button', { name: 'Friends' }).click()
  const people = a.page.getByRole('list', { name: 'People' })
  await people.getByRole('button', { name: `More for ${username}` }).click()
  await a.page.getByRole('menuitem', { name: 'Suspend' }).click()
  await a.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
}

async function makeGateway(a: Install, ownerName: string): Promise<void> {
  const deviceId = async (): Promise<string | undefined> =>
    (await a.state()).machines.find((machine) => machine.ownerName === ownerName)?.deviceId
  await expect.poll(deviceId).toBeDefined()
  const poolId = (await a.state()).pools.find(({ name }) => name === 'Friends')?.poolId
  const made = await a.call('pool.setGateway', { poolId, deviceId: await deviceId(), isGateway: true })
  expect(made).toMatchObject({ ok: true })
}

test('a key with a limit works where it may, is counted on both sides, and ends with its owner', async ({
  launch,
  network,
  tinyModel,
}) => {
  test.setTimeout(600_000)
  const gateway = await Headless.make('gateway', network)
  const other = await Headless.make('other', network)
  try {
    const a = await launch('ada')
    await a.signUp()
    await a.skipFirstRun()
    await a.importModel(tinyModel.short)
    const link = await a.startPool('Friends', 3)
    await a.share(true)
    const b = await launch('bob')
    await b.signUp()
    await b.skipFirstRun()
    await b.joinPool(link)
    await b.untilShared('Friends')
    const plainKey = await b.createKey({ name: 'Editor', pool: 'Friends', requestsPerMinute: 3 })

    await minuteWith(30_000)
    await askThreeTimes(new Program(await b.apiUrl(), plainKey))
    await isCountedOnBoth(a, b)

    const b2 = await launch('bob')
    await b2.linkWith(await b.startLinking())
    await gateway.serve('carol')
    await gateway.command('pool', 'join', link)
    await makeGateway(a, 'carol')
    await other.serve('dave')
    await other.command('pool', 'join', link)
    await worksOnThree({ b, b2, gateway, other }, plainKey)

    for (const install of [a, b, b2]) await install.close()
    for (const install of [gateway, other]) await install.stop()
    const again = {
      a: await launch('ada', { directory: a.directory }),
      b: await launch('bob', { directory: b.directory }),
      b2: await launch('bob', { directory: b2.directory }),
    }
    for (const install of Object.values(again)) await install.signIn()
    await gateway.serve('carol', false)
    await other.serve('dave', false)
    await again.b.untilShared('Friends')
    await again.b2.untilShared('Friends')
    await worksOnThree({ ...again, gateway, other }, plainKey)

    // One with room enough to ask until it is refused for another reason than its limit.
    const roomyKey = await again.b.createKey({ name: 'Script', pool: 'Friends', requestsPerMinute: 1_000 })
    const program = new Program(await again.b.apiUrl(), roomyKey)
    expect((await program.ask('Am I in?', model)).text).toContain(tinySentence)
    await suspend(again.a, 'bob')
    const suspendedMs = Date.now()
    await expect.poll(async () => (await program.refused('Still there?', model)).status, { intervals: [100] }).toBe(403)
    expect(Date.now() - suspendedMs).toBeLessThan(5_000)

    for (const install of Object.values(again)) await install.close()
    for (const install of [gateway, other]) await install.stop()
    const secrets = { key: plainKey.slice(-40), password, question: 'What do you say?' }
    for (const { directory } of [a, b, b2, gateway, other]) expect(await whereFound(directory, secrets)).toEqual([])
    const printed = [a, b, b2, ...Object.values(again), gateway, other].map(({ output }) => output).join('\n')
    for (const secret of Object.values(secrets)) expect(printed).not.toContain(secret)
  } finally {
    await other.remove()
    await gateway.remove()
  }
})
