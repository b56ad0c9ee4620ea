import OpenAI from 'openai'

/** What a program with a key received. */
export interface ProgramAnswer {
  readonly text: string
  readonly headers: Headers
}

/** A program on an install's computer that uses the official client. It never retries by itself. */
export class Program {
  readonly #client: OpenAI

  constructor(baseURL: string, apiKey: string) {
    this.#client = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 60_000 })
  }

  /** Asks once and streams the answer. */
  async ask(content: string, model: string): Promise<ProgramAnswer> {
    const { data, response } = await this.#client.chat.completions
      .create({ model, stream: true, temperature: 0, max_completion_tokens: 40, messages: [{ role: 'user', content }] })
      .withResponse()
    let text = ''
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? ''
    return { text, headers: response.headers }
  }

  /** The models the key may use; none while the key is refused. */
  async models(): Promise<string[]> {
    try {
      return (await this.#client.models.list()).data.map(({ id }) => id)
    } catch (cause) {
      if (cause instanceof OpenAI.APIError) return []
      throw cause
    }
  }

  /** Asks, expects a refusal, and returns it. */
  async refused(content: string, model: string): Promise<{ status: number; code: string; headers: Headers }> {
    try {
      const { text } = await this.ask(content, model)
      return { status: 200, code: `answered: ${text}`, headers: new Headers() }
    } catch (cause) {
      if (!(cause instanceof OpenAI.APIError)) throw cause
      return {
        status: (cause.status as number | undefined) ?? 0,
        code: cause.code ?? '',
        headers: (cause.headers as Headers | undefined) ?? new Headers(),
      }
    }
  }
}
