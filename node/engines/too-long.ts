/** What an engine says of a prompt that it refuses for its length. */
interface TooLong {
  readonly promptTokens: number | null
  readonly limitTokens: number | null
}

/** What a server may say beside the sentence of its refusal. */
export interface RefusalFields {
  readonly code?: string | null | undefined
  readonly type?: string | null | undefined
  readonly n_prompt_tokens?: number | undefined
  readonly n_ctx?: number | undefined
}

/** Ollama, llama-server, vLLM, LM Studio and OpenAI each have words of their own for it. */
const isOfLength =
  /context[ _]length[ _]exceeded|exceed_context_size|exceed\w* (?:the |max |this model's )?(?:available |maximum )?context|maximum context length|context length of only|prompt (?:is )?too long/i
const limitIn = /context (?:length|size|window)\D{0,40}?(\d{1,9})/i
const promptIn = [
  /(\d{1,9}) (?:tokens )?in the (?:messages|prompt)/i,
  /request \((\d{1,9}) tokens/i,
  /(?:resulted in|contains?(?: at least)?|request has|keep the first|requested) (\d{1,9}) (?:input )?tokens/i,
]

/** Reads a refusal; null where the prompt's length is not its reason, though it may speak of the context. */
export function readTooLong(message: string, fields: RefusalFields = {}): TooLong | null {
  const said = `${message} ${fields.code ?? ''} ${fields.type ?? ''}`
  if (!isOfLength.test(said)) return null
  const promptTokens = fields.n_prompt_tokens ?? numberIn(message, promptIn)
  const limitTokens = fields.n_ctx ?? numberIn(message, [limitIn])
  // A prompt that would fit was refused for the length of the answer that was asked for.
  if (promptTokens !== null && limitTokens !== null && promptTokens <= limitTokens) return null
  return { promptTokens, limitTokens }
}

function numberIn(text: string, patterns: readonly RegExp[]): number | null {
  for (const pattern of patterns) {
    const found = pattern.exec(text)?.[1]
    if (found !== undefined) return Number(found)
  }
  return null
}
