import { expect, it } from 'vitest'
import type { DeviceId } from '../contract/ids.ts'
import { PromptEstimates } from '../protocol/generations/prompt-estimates.ts'
import { PacedHub, pacedText } from '../protocol/testing/paced-hub.ts'
import { hear, never, promptRequest, silentLog } from '../protocol/testing/service-bench.ts'
import { ProcessorWorker } from './processor-worker.ts'
import { Processor } from './processor.ts'
import { permissiveAccess, withoutGateways, withoutPlans, withoutReceipts } from './testing/permissive.ts'

it('serves from its start, and ends what runs with a reason when it stops', async () => {
  const hub = new PacedHub({ tokens: 5, tokenMs: 0 })
  const processor = new Processor({
    hub,
    whoIs: () => null,
    isSharing: () => false,
    machineName: () => 'Anna’s PC',
    selfDeviceId: () => '11'.repeat(32) as DeviceId,
    ...permissiveAccess,
    ...withoutGateways,
    planLimits: withoutPlans,
    estimates: new PromptEstimates(),
    receipts: withoutReceipts,
    log: silentLog,
  })
  const worker = new ProcessorWorker(silentLog, processor)
  await worker.start()
  expect((await hear(processor.local.ask(promptRequest(), never))).text).toBe(pacedText(5))

  hub.pace = { tokens: 1_000, tokenMs: 5 }
  const heard = await hear(processor.local.ask(promptRequest(), never), (part) => {
    if (part.type === 'text') void worker.stop()
  })
  expect(heard.code).toBe('shutting_down')
  expect(await worker.stop()).toEqual({ unclosed: [] })
  // The engines are not the worker's: they are free, and still there.
  await hub.idle()
  expect(hub.models()).not.toEqual([])
  expect((await hear(processor.local.ask(promptRequest(), never))).code).toBe('shutting_down')
})
