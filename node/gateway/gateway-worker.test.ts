import { expect, it, vi } from 'vitest'
import { fail, ok } from '../contract/result.ts'
import { noUsage } from '../contract/usage.ts'
import { healthy, type Facility } from '../base/facility.ts'
import { LocalApi } from '../http/local-api.ts'
import { takenPort } from '../http/testing/api-bench.ts'
import type { GenerationPort } from '../protocol/messages/generation.ts'
import { silentLog } from '../protocol/testing/service-bench.ts'
import { GatewayWorker } from './gateway-worker.ts'

it('starts the gateway before the API that asks it, and stops it after', async () => {
  const start = vi.fn(() => Promise.resolve())
  const stop = vi.fn(() => Promise.resolve())
  const gateway: Facility & GenerationPort = {
    name: 'gateway',
    needs: [],
    start,
    stop,
    health: () => healthy,
    async *ask() {
      yield { type: 'end', reason: 'stop', usage: { promptTokens: 0, completionTokens: 0 } }
    },
  }
  const { port, free } = await takenPort()
  await free()
  const api = new LocalApi({
    guests: () => ({ hosts: [], origins: [] }),
    isKnown: () => false,
    isEnabled: () => true,
    port: () => port,
    authenticate: () => Promise.resolve(fail('key_unknown')),
    ask: (request, signal) => gateway.ask(request, signal),
    models: () => [],
    usualPool: () => null,
    limits: () => [],
    usage: () => Promise.resolve(ok({ today: noUsage, thisMonth: noUsage })),
    call: () => Promise.resolve(fail('not_signed_in')),
    log: silentLog,
    onChange: () => undefined,
  })
  const apiStart = vi.spyOn(api, 'start')
  const apiStop = vi.spyOn(api, 'stop')
  const worker = new GatewayWorker(silentLog, gateway, api)
  await worker.start()
  expect(api.slice).toMatchObject({ state: 'running', url: `http://127.0.0.1:${port}/v1` })
  expect(start).toHaveBeenCalledBefore(apiStart)
  expect(await worker.stop()).toEqual({ unclosed: [] })
  expect(apiStop).toHaveBeenCalledBefore(stop)
  expect(api.slice).toMatchObject({ state: 'off', url: null })
})
