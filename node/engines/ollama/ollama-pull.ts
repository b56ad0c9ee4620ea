import { z } from 'zod'
import { ok, type Result } from '../../contract/result.ts'
import { ollamaClient } from './ollama-client.ts'
import { ollamaError } from './ollama-errors.ts'

export interface PullProgress {
  /** Ollama's own name for the step. */
  readonly step: string
  readonly receivedBytes: number
  readonly totalBytes: number
}

const progressSchema = z.object({
  status: z.string().max(1_000).default(''),
  completed: z.number().nonnegative().optional(),
  total: z.number().nonnegative().optional(),
})

/** Lets Ollama fetch a model; Ollama keeps what it has, so that a later pull resumes. */
export async function pullModel(
  url: string,
  model: string,
  signal: AbortSignal,
  onProgress: (progress: PullProgress) => void,
): Promise<Result<void>> {
  try {
    for await (const message of await ollamaClient(url, signal).pull({ model, stream: true })) {
      const progress = progressSchema.parse(message)
      onProgress({
        step: progress.status,
        receivedBytes: progress.completed ?? 0,
        totalBytes: progress.total ?? 0,
      })
    }
    return ok()
  } catch (cause) {
    return { ok: false, error: ollamaError(cause, model, true) }
  }
}
