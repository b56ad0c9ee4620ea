import { afterEach, beforeEach, expect, it } from 'vitest'
import { sendJson, startFakeServer, type FakeServer } from '../engines/testing/fake-server.ts'
import { startLocalNetwork } from '../net/local-network.ts'
import type { NetworkOptions } from './peer-options.ts'
import { TestPeer, valueOf } from './testing/test-peer.ts'

let network: NetworkOptions
let server: FakeServer
let peer: TestPeer
const closers: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  const local = await startLocalNetwork()
  network = { host: '127.0.0.1', bootstrap: local.bootstrap }
  server = await startFakeServer((_request, response) => sendJson(response, { data: [{ id: 'm' }] }))
  peer = await TestPeer.start('ada', network)
  closers.push(
    () => local.stop(),
    () => server.close(),
    () => peer.remove(),
  )
  await peer.signUp()
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const sent = (): string | undefined => server.requests.at(-1)?.headers.authorization

async function refresh(): Promise<void> {
  valueOf(await peer.peer.call('engine.refresh', {}))
}

it('are sent to their server after a restart too, shown to nobody, and forgotten with it', async () => {
  valueOf(await peer.peer.call('engine.addServer', { url: `${server.url}/v1`, apiKey: ' sk-first ' }))
  expect(sent()).toBe('Bearer sk-first')
  expect((await peer.state()).engines.servers).toMatchObject([{ url: server.url, hasKey: true }])

  // Added again without a key it keeps the one it has, and with another it gets that.
  valueOf(await peer.peer.call('engine.addServer', { url: server.url }))
  expect(sent()).toBe('Bearer sk-first')
  valueOf(await peer.peer.call('engine.addServer', { url: server.url, apiKey: 'sk-second' }))
  expect((await peer.state()).settings.serverUrls).toEqual([server.url])

  await peer.stop()
  peer = await TestPeer.start('ada', network, { directory: peer.directory })
  await peer.unlock()
  await refresh()
  expect(sent()).toBe('Bearer sk-second')

  valueOf(await peer.peer.call('engine.removeServer', { url: server.url }))
  expect((await peer.state()).settings.serverUrls).toEqual([])
  valueOf(await peer.peer.call('engine.addServer', { url: server.url }))
  expect(sent()).toBeUndefined()
  expect((await peer.state()).engines.servers).toMatchObject([{ hasKey: false }])
})

it('are of one address: another one never gets them', async () => {
  const other = await startFakeServer((_request, response) => sendJson(response, { data: [] }))
  closers.push(() => other.close())
  valueOf(await peer.peer.call('engine.addServer', { url: server.url, apiKey: 'sk-first' }))
  valueOf(await peer.peer.call('engine.addServer', { url: other.url }))
  await refresh()
  expect(other.requests.map(({ headers }) => headers.authorization)).not.toContain('Bearer sk-first')
})

it('are refused where they cannot stand in a header, and change nothing', async () => {
  expect(await peer.peer.call('engine.addServer', { url: server.url, apiKey: 'two words' })).toMatchObject({
    error: { code: 'bad_request' },
  })
  expect((await peer.state()).engines.servers).toEqual([])
  expect(server.requests).toEqual([])
})
