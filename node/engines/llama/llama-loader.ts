import {
  getLlama,
  InsufficientMemoryError,
  LlamaLogLevel,
  resolveChatWrapper,
  type ChatWrapper,
  type Llama,
  type LlamaContextSequence,
  type LlamaModel,
} from 'node-llama-cpp'
import type { LoadMessage } from './llama-messages.ts'

export interface LlamaRuntime {
  readonly llama: Llama
  /** The last problem llama.cpp logged: its exceptions alone say too little. */
  lastComplaint(): string
}

export interface LoadedModel {
  readonly model: LlamaModel
  readonly sequence: LlamaContextSequence
  readonly contextTokens: number
  /** The chat template the file carries. */
  readonly chatWrapper: ChatWrapper
  /** Prompt tokens evaluated at once; a stop is noticed between two batches. */
  readonly promptBatchTokens: number
  dispose(): Promise<void>
}

/** llama.cpp could not load a file, for a reason other than memory. */
export class ModelUnreadable extends Error {
  constructor(cause: unknown, complaint: string) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(complaint === '' ? reason : `${reason}: ${complaint}`, { cause })
  }
}

/** Starts llama.cpp from its prebuilt binaries, on a GPU where one works, else on the processor. */
export async function startRuntime(gpu: 'auto' | 'off'): Promise<LlamaRuntime> {
  let complaint = ''
  const options = {
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: (level: LlamaLogLevel, message: string) => {
      if (level === LlamaLogLevel.error || level === LlamaLogLevel.fatal) complaint = message.trim()
    },
  } as const
  const onProcessor = (): Promise<Llama> => getLlama({ ...options, gpu: false })
  // With a missing or broken graphics driver the CPU still works.
  const llama = gpu === 'off' ? await onProcessor() : await getLlama({ ...options, gpu: 'auto' }).catch(onProcessor)
  return { llama, lastComplaint: () => complaint }
}

export async function loadModel(runtime: LlamaRuntime, message: LoadMessage): Promise<LoadedModel> {
  const { llama } = runtime
  let model: LlamaModel
  try {
    model = await llama.loadModel({ modelPath: message.path, useMmap: true })
  } catch (cause) {
    if (cause instanceof InsufficientMemoryError) throw cause
    throw new ModelUnreadable(cause, runtime.lastComplaint())
  }
  try {
    const context = await model.createContext({
      contextSize: { max: Math.min(message.contextTokens, model.trainContextSize) },
      sequences: 1,
      threads: message.threads,
    })
    return {
      model,
      sequence: context.getSequence(),
      contextTokens: context.contextSize,
      chatWrapper: resolveChatWrapper(model),
      promptBatchTokens: llama.gpu === false ? 64 : 512,
      dispose: () => model.dispose(),
    }
  } catch (cause) {
    await model.dispose()
    throw cause
  }
}
