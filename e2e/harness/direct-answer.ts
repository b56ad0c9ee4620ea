import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { forkChild } from '../../node/base/fork-child.ts'
import { createLog } from '../../node/base/log.ts'
import { EngineHub } from '../../node/engines/engine-hub.ts'
import { generate } from '../../node/engines/testing/generate.ts'

/** What the engine generates for one prompt at temperature 0, with no peer in between. */
export async function answerDirectly(modelPath: string, question: string): Promise<string> {
  const modelsDir = await mkdtemp(join(tmpdir(), 'kith-direct-'))
  const hub = new EngineHub({
    modelsDir,
    spawnChild: forkChild,
    llamaChildPath: join(process.cwd(), 'out', 'main', 'llama-child.js'),
    ollamaUrl: 'http://127.0.0.1:9',
    serverUrls: [],
    log: createLog({ level: 'silent' }),
  })
  const { signal } = new AbortController()
  await hub.start(signal)
  try {
    const imported = await hub.importModel(modelPath)
    if (!imported.ok) throw new Error(imported.error.message)
    let text = ''
    const turns = [{ role: 'user', text: question }] as const
    const request = { model: imported.value.name, turns, maxTokens: 256, temperature: 0, signal }
    for await (const part of generate(hub, request)) if (part.type === 'text') text += part.text
    return text
  } finally {
    await hub.stop()
    await rm(modelsDir, { recursive: true, force: true })
  }
}
