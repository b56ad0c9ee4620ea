import { z } from 'zod'
import { chatEventSchema, type ChatEvent } from '../../node/contract/contract.ts'

/** The message by which the preload script hands over the port for answers. */
const handover = 'kith:answers'
/** Far above what one frame holds; a longer batch is not ours. */
const maxBatch = 10_000

const batchSchema = z.array(chatEventSchema).max(maxBatch)

/** Reads batches from a port; a batch that does not fit the contract is left out. */
export function readAnswers(port: MessagePort, deliver: (answers: readonly ChatEvent[]) => void): () => void {
  port.onmessage = (message: MessageEvent<unknown>) => {
    const batch = batchSchema.safeParse(message.data)
    if (batch.success) deliver(batch.data)
    else console.warn('A batch of answers did not fit the contract and was left out.')
  }
  port.start()
  return () => {
    port.close()
  }
}

/** Waits for the port, from this window and this origin only. Returns the function that lets go of it. */
export function receiveAnswers(deliver: (answers: readonly ChatEvent[]) => void): () => void {
  let release: () => void = () => undefined
  function onMessage(message: MessageEvent<unknown>): void {
    const port = message.ports[0]
    if (message.source !== window || message.origin !== window.location.origin) return
    if (message.data !== handover || port === undefined) return
    release()
    release = readAnswers(port, deliver)
  }
  window.addEventListener('message', onMessage)
  return () => {
    window.removeEventListener('message', onMessage)
    release()
  }
}
