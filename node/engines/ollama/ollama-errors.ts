import { kithError, type KithError } from '../../contract/errors.ts'
import { refusalText } from '../refusal-text.ts'
import { OllamaProblem } from './ollama-client.ts'

/**
 * Ollama's failures as codes of Kith. `hasStarted` tells a server that stopped in the middle from one that
 * was not there.
 */
export function ollamaError(cause: unknown, model: string, hasStarted: boolean): KithError {
  const engine = 'Ollama'
  if (isRefusal(cause)) return kithError('engine_refused', { engine, reason: refusalText(cause.message) })
  const reason = (cause instanceof Error ? cause.message : String(cause)).slice(0, 500)
  if (cause instanceof OllamaProblem && cause.status === 404) return kithError('model_unknown', { model })
  if (cause instanceof OllamaProblem && cause.status === 503) return kithError('queue_full', { machine: 'Ollama' })

  // Ollama sends this with the status and JSON of any other failure: only the sentence differs.
  const memory = /requires more system memory \(([^)]+)\) than is available \(([^)]+)\)/i.exec(reason)
  if (memory) return kithError('model_does_not_fit', { model, needed: memory[1] ?? '?', free: memory[2] ?? '?' })
  if (isConnectionLost(cause)) {
    return hasStarted ? kithError('engine_stopped', { engine }) : unavailable()
  }
  return kithError('engine_failed', { engine, reason })
}

/** Whether Ollama refuses the request itself: it would do so anywhere. */
export function isRefusal(cause: unknown): cause is OllamaProblem {
  return cause instanceof OllamaProblem && cause.status === 400
}

export function unavailable(): KithError {
  return kithError('engine_unavailable', { engine: 'Ollama', machine: 'this computer' })
}

/** Node's fetch throws a TypeError for a lost connection. For a stream that ends early the package has only a text. */
function isConnectionLost(cause: unknown): boolean {
  if (cause instanceof TypeError) return true
  return cause instanceof Error && cause.message === 'Did not receive done or success response in stream.'
}
