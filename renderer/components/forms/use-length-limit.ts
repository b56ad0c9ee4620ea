import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../locales/format.ts'

interface LengthLimit {
  /** What the field is given; `Form` sends nothing while a field carries the mark. */
  readonly marks: { readonly 'data-too-long'?: true }
  /** In words, while the text is too long. */
  readonly tooLong: string | null
}

/** The most a field holds. Nothing is cut off: a text that is too long stays, and the field says so. */
export function useLengthLimit(value: string, maxLength: number | undefined): LengthLimit {
  const { t } = useTranslation()
  const over = maxLength === undefined ? 0 : value.length - maxLength
  if (maxLength === undefined || over <= 0) return { marks: {}, tooLong: null }
  const numbers = { count: over, over: formatNumber(over), most: formatNumber(maxLength) }
  return { marks: { 'data-too-long': true }, tooLong: t('app.tooLong', numbers) }
}
