import { describe, expect, expectTypeOf, it } from 'vitest'
import type { WireHandlers } from './handlers.ts'
import { callNames, generationNames, methodNames, type MethodName, type ReplyOf, type RequestOf } from './methods.ts'
import type { PromptRequest, ServedPart } from './messages/generation.ts'
import type { UsageCall, UsageReply } from './messages/usage-messages.ts'
import type { ServiceClients } from './service/service-client.ts'
import { nothingServed } from './testing/nothing-served.ts'

describe('the table of methods', () => {
  it('does not compile with a table of handlers that lacks one', () => {
    expectTypeOf<keyof WireHandlers>().toEqualTypeOf<MethodName>()
    const { ping, ...withoutPing } = nothingServed
    // @ts-expect-error a call without a handler
    const calls: WireHandlers = withoutPing
    const { processRequest, ...withoutProcessor } = nothingServed
    // @ts-expect-error a generation without a handler
    const generations: WireHandlers = withoutProcessor
    expect([calls.processRequest, generations.ping]).toEqual([processRequest, ping])
  })

  it('gives callers and handlers their types', () => {
    expectTypeOf<RequestOf<'usage'>>().toEqualTypeOf<UsageCall>()
    expectTypeOf<ReplyOf<'usage'>>().toEqualTypeOf<UsageReply>()
    expectTypeOf<Readonly<RequestOf<'processRequest'>>>().toEqualTypeOf<PromptRequest>()
    expectTypeOf<ReplyOf<'processRequest'>>().toEqualTypeOf<AsyncIterable<ServedPart>>()
    const call = (clients: ServiceClients, target: Parameters<ServiceClients['call']>[0]): void => {
      // @ts-expect-error the request of another method
      void clients.call(target, 'usage', { type: 'look' })
      // @ts-expect-error no method of the table
      void clients.call(target, 'getStatus', {})
    }
    expectTypeOf(call).toBeFunction()
  })

  it('is either a call or a generation, each of its methods', () => {
    expect([...callNames, ...generationNames].toSorted()).toEqual(methodNames.toSorted())
  })
})
