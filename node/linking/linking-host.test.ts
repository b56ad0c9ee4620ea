import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { AccountStore } from '../accounts/account-store.ts'
import { rootKeyFor } from '../accounts/own-devices.ts'
import type { Vault } from '../accounts/vault/vault.ts'
import { createLog } from '../base/log.ts'
import type { Result } from '../contract/result.ts'
import { DhtNode } from '../net/dht-node.ts'
import { startLocalNetwork } from '../net/local-network.ts'
import { linkToAccount } from './linking-guest.ts'
import { LinkingHost } from './linking-host.ts'

const log = createLog({ level: 'silent' })
const password = 'a long enough password'
let folder: string
let dht: DhtNode
let guestDht: DhtNode
let stopNetwork: () => Promise<void>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-link-'))
  const network = await startLocalNetwork()
  stopNetwork = () => network.stop()
  dht = new DhtNode(network, log)
  guestDht = new DhtNode(network, log)
  await dht.start()
  await guestDht.start()
})
afterAll(async () => {
  await dht.stop()
  await guestDht.stop()
  await stopNetwork()
  await rm(folder, { recursive: true })
})

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

let installs = 0
const install = (): AccountStore => {
  installs += 1
  const passwordCost = { memoryBytes: 8_192, operations: 1 }
  return new AccountStore(join(folder, String(installs)), { passwordCost, machineId: () => Promise.resolve('machine') })
}

async function host(lifetimeMs?: number): Promise<{ vault: Vault; host: LinkingHost; code: () => Promise<string> }> {
  const { vault } = valueOf(await install().signUp({ username: 'sam', password }))
  const made = new LinkingHost({
    vault,
    dht,
    log,
    nowMs: Date.now,
    onChange: () => undefined,
    onLinked: () => Promise.resolve(),
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
  })
  return { vault, host: made, code: async () => valueOf(await made.offer(valueOf(rootKeyFor(vault.contents)))).code }
}

const link = (code: string, accounts = install()): Promise<Result<Vault>> =>
  linkToAccount(
    { code, password, deviceName: 'Laptop' },
    { accounts, dht: guestDht, log, nowMs: Date.now, signal: new AbortController().signal, deadlineMs: 5_000 },
  )

it('links one device by one code, and answers "expired" to whoever comes later', async () => {
  const { vault, host: linkingHost, code } = await host()
  const typed = await code()
  const linked = valueOf(await link(typed))
  expect(linked.accountId).toBe(vault.accountId)
  expect(vault.contents.devices.map(({ device }) => device)).toContain(linked.identity.deviceId)
  expect(linkingHost.view).toBeNull()
  expect(await link(typed)).toMatchObject({ error: { code: 'link_code_expired' } })
  expect(vault.contents.devices).toHaveLength(2)
  await linkingHost.stop()
})

it('lets a code go after its time, with the root key, and lists nobody by it', async () => {
  const { vault, host: linkingHost, code } = await host(2_000)
  const typed = await code()
  expect(linkingHost.view?.code).toBe(typed)
  await vi.waitFor(() => expect(linkingHost.view).toBeNull(), { timeout: 5_000 })
  expect(await link(typed)).toMatchObject({ error: { code: 'link_code_expired' } })
  expect(vault.contents.devices).toHaveLength(1)
  await linkingHost.stop()
})

it('lets a code go after five devices that knew it and came no further', async () => {
  const { host: linkingHost, code } = await host()
  const typed = await code()
  const taken = install()
  valueOf(await taken.signUp({ username: 'sam', password }))
  for (let count = 0; count < 5; count++) {
    expect(await link(typed, taken)).toMatchObject({ error: { code: 'username_taken' } })
  }
  expect(await link(typed)).toMatchObject({ error: { code: 'link_code_expired' } })
  expect(linkingHost.view).toBeNull()
  await linkingHost.stop()
})

it('takes a new code in place of the one before, which is nowhere to be found', async () => {
  const { host: linkingHost, code } = await host()
  const first = await code()
  const second = await code()
  expect(await link(first)).toMatchObject({ error: { code: 'link_unreachable' } })
  valueOf(await link(second))
  await linkingHost.stop()
})
