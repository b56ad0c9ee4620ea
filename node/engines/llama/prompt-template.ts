import { z } from 'zod'
import type { ChatTurn } from '../engine.ts'

/** How a model without its own chat template is prompted: each turn as text, with `{text}` for its content. */
export const promptTemplateSchema = z.object({
  /** Text before the first turn, for example worked examples for a base model. */
  prefix: z.string().max(20_000),
  system: z.string().max(1_000),
  user: z.string().max(1_000),
  assistant: z.string().max(1_000),
  /** What opens the reply, after the last turn of the user. */
  answer: z.string().max(1_000),
  stops: z.array(z.string().min(1).max(100)).max(16),
  /** The model's default, where the request names none: the smallest ones go wrong above 0. */
  temperature: z.number().min(0).max(2).optional(),
})

export type PromptTemplate = z.infer<typeof promptTemplateSchema>

/** For a model that carries no chat template and came with none. */
export const plainTemplate: PromptTemplate = {
  prefix: '',
  system: '{text}\n',
  user: '\nUser: {text}',
  assistant: '\nAssistant: {text}',
  answer: '\nAssistant:',
  stops: ['\nUser:'],
}

/** A last turn of the assistant is left open, so that the model continues it. */
export function renderPrompt(template: PromptTemplate, turns: readonly ChatTurn[]): string {
  const rendered = turns.map((turn) => template[turn.role].split('{text}').join(turn.text))
  const opening = isContinuation(turns) ? '' : template.answer
  return template.prefix + rendered.join('') + opening
}

/** Whether the last turn is text of the assistant that is to be continued. */
export function isContinuation(turns: readonly ChatTurn[]): boolean {
  const last = turns.at(-1)
  return last?.role === 'assistant' && last.text !== ''
}
