import { passBindingTest } from './binding-test.ts'
import { LlamaHost } from './llama-host.ts'
import { toLlamaSchema } from './llama-messages.ts'
import { parentPort } from './parent-port.ts'

/** The child process that runs llama.cpp: a native crash or a busy core stays inside it. */
const port = parentPort()
if (port.isUtility) passBindingTest()
const host = new LlamaHost((message) => port.send(message))

port.onClose(() => process.exit(0))
port.onMessage((message) => {
  const parsed = toLlamaSchema.safeParse(message)
  // Only our own peer can write here. A message of another version is dropped; the peer's deadline reports it.
  if (parsed.success) host.receive(parsed.data)
})
port.send({ type: 'ready' })
