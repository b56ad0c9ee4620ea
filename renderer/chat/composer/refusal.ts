/** The most a question may hold, in characters: what the peer takes. */
export const maxQuestionChars = 200_000

/** Why a question is not sent now. */
export type Refusal = 'empty' | 'tooLong' | 'asking' | 'answering' | 'noModel'

export interface ComposerState {
  readonly draft: string
  readonly hasModel: boolean
  /** A question of this chat is on its way. */
  readonly isAsking: boolean
  readonly isAnswering: boolean
}

/** Why what is typed cannot be sent; null where it can. What is lasting comes before what passes by itself. */
export function refusalOf({ draft, hasModel, isAsking, isAnswering }: ComposerState): Refusal | null {
  if (draft.trim() === '') return 'empty'
  if (draft.length > maxQuestionChars) return 'tooLong'
  if (isAnswering) return 'answering'
  if (isAsking) return 'asking'
  return hasModel ? null : 'noModel'
}
