import { createHash } from 'node:crypto'
import type { DeviceId } from '../../contract/ids.ts'
import type { ChatTurn } from '../../engines/engine.ts'
import type { PromptRequest } from '../messages/generation.ts'

/** A prompt, as far as its tokens are concerned. */
export type CountedPrompt = Pick<PromptRequest, 'model' | 'turns'>

/** What a template adds around each turn. */
const tokensPerTurn = 8
/** What a template adds around the whole prompt: a first token, and often a sentence of the model's own. */
const usualTemplateTokens = 64
/** Templates with more of their own text than this are not learned; they are counted when the engine says so. */
export const mostTemplateTokens = 1_024

/** Bytes of text a token, before anything was learned: about four in English and three in most other scripts. */
const usualRatio = 3
const leastRatio = 1
const mostRatio = 4
/** Shorter prompts say more about the template than about the text. */
const leastTaughtBytes = 256

/** Models, machines of each, and counted prompts that are kept; the oldest go first. */
const keptModels = 256
const keptMachines = 32
const keptPrompts = 2_000

interface ModelHabits {
  /** Bytes of text a token, as each machine has counted them. */
  readonly ratios: Map<DeviceId, number>
  templateTokens: number
}

export function textBytesOf(turns: readonly ChatTurn[]): number {
  return turns.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
}

/**
 * The most tokens that a prompt comes to: a tokenizer makes no more tokens of a text than it has UTF-8 bytes.
 *
 * It knows nothing of the model, so that both ends of a plan lease reckon alike.
 */
export function mostPromptTokens(turns: readonly ChatTurn[]): number {
  return textBytesOf(turns) + tokensPerTurn * turns.length + usualTemplateTokens
}

/**
 * What prompts cost that no engine has counted yet, or never will. Learned from counts, and forgotten at a restart.
 *
 * A machine may lie: what it says moves estimates within bounds only, and of one prompt it is believed only for itself.
 * One that counts too much keeps nobody out, since the machine that counts least decides what is likely; one that counts
 * too little lets in one request too many, since what is likely is only enough where nothing else is under way.
 */
export class PromptEstimates {
  readonly #habits = new Map<string, ModelHabits>()
  /** Tokens of prompts that a machine has counted, by a hash of machine, model and turns. */
  readonly #counted = new Map<string, number>()

  /** What to set aside, so that no text can cost more. */
  most({ model, turns }: CountedPrompt): number {
    const { templateTokens } = this.#habitsOf(model)
    return mostPromptTokens(turns) + templateTokens - usualTemplateTokens
  }

  /** What the prompt probably costs, by the text that this model was given so far. */
  likely(prompt: CountedPrompt): number {
    const { model, turns } = prompt
    const { ratios } = this.#habitsOf(model)
    const ratio = ratios.size > 0 ? Math.max(...ratios.values()) : usualRatio
    const tokens = Math.ceil(textBytesOf(turns) / ratio) + tokensPerTurn * turns.length + usualTemplateTokens
    return Math.min(tokens, this.most(prompt))
  }

  /**
   * What the prompt costs that nobody counted, since its caller left or its machine died. Whoever leaves chooses what
   * goes uncounted, so each byte is taken for a token, but for turns that this machine has counted before.
   */
  careful(prompt: CountedPrompt, machine: DeviceId): number {
    const { turns } = prompt
    const names = prefixNames(prompt, machine)
    for (let known = turns.length; known > 0; known--) {
      const counted = this.#counted.get(names[known - 1] ?? '')
      if (counted === undefined) continue
      const rest = turns.slice(known)
      return Math.min(this.most(prompt), counted + textBytesOf(rest) + tokensPerTurn * rest.length)
    }
    return this.most(prompt)
  }

  /** A machine has counted a prompt, and the count is possible. */
  learn(prompt: CountedPrompt, machine: DeviceId, promptTokens: number): void {
    const { model, turns } = prompt
    const habits = this.#habitsOf(model)
    const bytes = textBytesOf(turns)
    const ofText = promptTokens - tokensPerTurn * turns.length
    if (bytes >= leastTaughtBytes) {
      const ratio = Math.min(mostRatio, Math.max(leastRatio, bytes / Math.max(1, ofText)))
      // Dense text is learned at once, sparse text over several prompts.
      const before = habits.ratios.get(machine) ?? usualRatio
      keep(habits.ratios, machine, before + (ratio - before) / (ratio < before ? 2 : 8), keptMachines)
    }
    const ofTemplate = Math.min(mostTemplateTokens, Math.max(usualTemplateTokens, ofText - bytes))
    if (ofTemplate > habits.templateTokens) habits.templateTokens = ofTemplate
    else if (bytes < leastTaughtBytes) habits.templateTokens -= Math.floor((habits.templateTokens - ofTemplate) / 4)
    keep(this.#habits, model, habits, keptModels)
    keep(this.#counted, prefixNames(prompt, machine).at(-1) ?? '', promptTokens, keptPrompts)
  }

  #habitsOf(model: string): ModelHabits {
    return this.#habits.get(model) ?? { ratios: new Map(), templateTokens: usualTemplateTokens }
  }
}

/** A name for each beginning of a conversation: its first turn, its first two, and so on. */
function prefixNames({ model, turns }: CountedPrompt, machine: DeviceId): string[] {
  const hash = createHash('sha256').update(`${machine} ${model.length} ${model}`)
  return turns.map(({ role, text }) => {
    hash.update(` ${role} ${text.length} `).update(text)
    return hash.copy().digest('base64url')
  })
}

function keep<K, T>(map: Map<K, T>, name: K, value: T, most: number): void {
  map.delete(name)
  map.set(name, value)
  for (const oldest of map.keys()) {
    if (map.size <= most) return
    map.delete(oldest)
  }
}
