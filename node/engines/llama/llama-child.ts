import { passBindingTest } from './binding-test.ts'
import { LlamaHost } from './llama-host.ts'
import { toLlamaSchema } from './llama-messages.ts'
import { parentPort } from './parent-port.ts'

/** The child that holds llama.cpp: a native crash or a busy core stays in here. */
const port = parentPort()
if (port.isUtility) passBindingTest()
const host = new LlamaHost((message) => port.send(message))

port.onClose(() => process.exit(0))
port.onMessage((message) => {
  const parsed = toLlamaSchema.safeParse(message)
  // Only our own peer can write here; a message of another version is dropped, and its deadline reports it.
  if (parsed.success) host.receive(parsed.data)
})
port.send({ type: 'ready' })
