import { kithError, type KithError } from '../../contract/errors.ts'
import { OllamaProblem } from './ollama-client.ts'

/**
 * Ollama's failures as codes of Kith. `hasStarted` tells a server that stopped in the middle from one that
 * was not there.
 */
export function ollamaError(cause: unknown, model: string, hasStarted: boolean): KithError {
  const engine = 'Ollama'
  const reason = (cause instanceof Error ? cause.message : String(cause)).slice(0, 500)
  if (cause instanceof OllamaProblem && cause.status === 404) return kithError('model_unknown', { model })
  if (cause instanceof OllamaProblem && cause.status === 503) return kithError('queue_full', { machine: 'Ollama' })

  const memory = /requires more system memory \(([^)]+)\) than is available \(([^)]+)\)/i.exec(reason)
  if (memory) return kithError('model_does_not_fit', { model, needed: memory[1] ?? '?', free: memory[2] ?? '?' })
  if (isConnection(cause, reason)) {
    return hasStarted ? kithError('engine_stopped', { engine }) : unavailable()
  }
  return kithError('engine_failed', { engine, reason })
}

export function unavailable(): KithError {
  return kithError('engine_unavailable', { engine: 'Ollama', machine: 'this computer' })
}

/** Node's fetch hides the cause of a lost connection; the package reports a cut stream in words of its own. */
function isConnection(cause: unknown, reason: string): boolean {
  if (cause instanceof OllamaProblem) return false
  return cause instanceof TypeError || /did not receive done|ECONN|EPIPE|socket|terminated|fetch failed/i.test(reason)
}
