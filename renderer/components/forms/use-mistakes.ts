import { useState } from 'react'
import type { ErrorCode, KithError } from '../../../node/contract/errors.ts'
import { sentenceOf } from '../../locales/error-sentence.ts'

/** What is wrong with each field as it is typed now, in words; null where nothing is. */
export type Found<F extends string> = Readonly<Record<F, string | null>>

/** What the peer refused, and which field each of its reasons is about. */
export interface Refused<F extends string> {
  readonly error: KithError | null
  readonly fields: Partial<Readonly<Record<ErrorCode, F>>>
}

export interface Mistakes<F extends string> {
  /** What to say beside a field; null while nothing is wrong, or before the form was sent. */
  readonly of: (field: F) => string | null
  /** Whether the form was sent with mistakes, so that they are shown. */
  readonly areShown: boolean
  /** A refusal that is about no field. */
  readonly rest: KithError | null
  /** Sends if nothing is wrong; otherwise shows every mistake at once. For the `onSubmit` of a form. */
  readonly before: (send: () => Promise<void>) => () => Promise<void> | undefined
}

/** The mistakes of a form. None is shown before it was sent; from then on each goes as soon as it is put right. */
export function useMistakes<F extends string>(found: Found<F>, { error, fields }: Refused<NoInfer<F>>): Mistakes<F> {
  const [areShown, setShown] = useState(false)
  const refusedField = error === null ? undefined : fields[error.code]
  const isRight = Object.values<string | null>(found).every((mistake) => mistake === null)
  return {
    areShown,
    of: (field) => {
      const typed = areShown ? found[field] : null
      return typed ?? (error !== null && refusedField === field ? sentenceOf(error) : null)
    },
    rest: refusedField === undefined ? error : null,
    before: (send) => () => {
      setShown(!isRight)
      return isRight ? send() : undefined
    },
  }
}
