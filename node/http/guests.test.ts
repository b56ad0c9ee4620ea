import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apiHostSchema, apiOriginSchema } from '../contract/api-guests.ts'
import { ApiBench } from './testing/api-bench.ts'

let bench: ApiBench
beforeEach(async () => {
  bench = await ApiBench.open()
})
afterEach(() => bench.close())

const extension = 'chrome-extension://abcdefghijklmnop'

function list(hosts: string[], origins: string[] = []): void {
  bench.options.guests = () => ({ hosts, origins })
}

describe('a name that was listed', () => {
  it.each([
    ['host.docker.internal', (port: number) => `host.docker.internal:${port}`],
    ['host.docker.internal', () => 'Host.Docker.Internal'],
    ['kith.example:8080', () => 'kith.example:8080'],
  ])('lets in whoever says it: %s', async (listed, said) => {
    list([listed])
    expect((await bench.send('GET', '/healthz', { headers: { host: said(bench.port) } })).status).toBe(200)
  })

  it.each(['docker.internal', 'x.host.docker.internal', 'host.docker.internal:1', 'host.docker.internal.evil.example'])(
    'lets in nobody who says another: %s',
    async (host) => {
      list(['host.docker.internal'])
      expect(await bench.send('GET', '/healthz', { headers: { host } })).toMatchObject({
        status: 403,
        json: { error: { code: 'host_refused' } },
      })
    },
  )

  it('is named by the refusal, with the place to list it', async () => {
    const { json } = await bench.send('GET', '/healthz', { headers: { host: 'box.example:9' } })
    expect(json.error?.message).toMatch(/"box\.example:9".*Keys page.*KITH_API_HOSTS/)
  })
})

describe('a page that was listed', () => {
  const preflight = {
    origin: extension,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    authorization: '',
  }

  it.each([extension, 'app://obsidian.md', 'vscode-webview://0a1b2c', 'http://localhost:3000'])(
    'may ask and read the reply: %s',
    async (origin) => {
      list([], [origin])
      for (const stream of [false, true]) {
        expect(await bench.chat({ stream }, { origin })).toMatchObject({
          status: 200,
          headers: { 'access-control-allow-origin': origin, vary: 'Origin' },
        })
      }
      const refused = await bench.send('GET', '/v1/models', { headers: { origin, authorization: '' } })
      expect(refused).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': origin } })
    },
  )

  it('may ask first whether it may', async () => {
    list([], [extension])
    expect(await bench.send('OPTIONS', '/v1/chat/completions', { headers: preflight })).toMatchObject({
      status: 204,
      text: '',
      headers: {
        'access-control-allow-origin': extension,
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-allow-headers': 'authorization,content-type,x-stainless-lang',
      },
    })
  })

  it.each(['null', 'https://evil.example', `${extension}x`, 'chrome-extension://', 'http://localhost'])(
    'lets in no other: %s',
    async (origin) => {
      list([], [extension])
      const asked = await bench.send('OPTIONS', '/v1/models', { headers: { ...preflight, origin } })
      const refused = await bench.chat({}, { origin })
      for (const { status, headers } of [asked, refused]) {
        expect(status).toBe(403)
        expect(headers['access-control-allow-origin']).toBeUndefined()
      }
      expect(bench.hub.prompts).toEqual([])
    },
  )

  it('is named by the refusal, with the place to list it, and never in characters that a terminal obeys', async () => {
    const named = await bench.chat({}, { origin: extension })
    expect(named.json.error?.message).toContain(`"${extension}"`)
    expect(named.json.error?.message).toMatch(/Keys page.*KITH_API_ORIGINS/)
    const odd = await bench.chat({}, { origin: `https://\x80${'x'.repeat(5_000)}` })
    expect(odd.status).toBe(403)
    expect(odd.json.error?.message.length).toBeLessThan(500)
    expect(odd.json.error?.message).toMatch(/^[\x20-\x7e]*$/)
  })
})

describe('the list', () => {
  it.each(['*', '*.example', 'http://a', 'a/b', 'a b', 'A', 'a:0', '-a', ''])('takes no host such as "%s"', (host) => {
    expect(apiHostSchema.safeParse(host).success).toBe(false)
  })

  it.each(['*', 'null', 'https://*', 'https://a/b', 'https://', 'a', 'https://a b', 'https://me@a', 'https://a?b'])(
    'takes no origin such as "%s"',
    (origin) => {
      expect(apiOriginSchema.safeParse(origin).success).toBe(false)
    },
  )
})
