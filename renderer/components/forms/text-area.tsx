import { Field, inputStyle, type TypedFieldProps } from './field.tsx'
import { useLengthLimit } from './use-length-limit.ts'

type TextAreaProps = Omit<TypedFieldProps<'textarea'>, 'readOnly'> & {
  /** Broken wherever a line ends, as a link or a key has to be. */
  readonly isOneWord?: boolean
}

/** Several lines whose every letter counts: a phrase, a link, a key. Without `onChange` it is there to be copied. */
export function TextArea(props: TextAreaProps) {
  const { label, hint, mistake, className, isOneWord = false, maxLength, onChange, ...rest } = props
  const { marks, tooLong } = useLengthLimit(rest.value, maxLength)
  return (
    <Field label={label} hint={hint} mistake={mistake ?? tooLong} className={className}>
      {(wiring) => (
        <textarea
          {...wiring}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          {...rest}
          {...marks}
          readOnly={onChange === undefined}
          className={`${inputStyle} resize-none font-mono text-small ${isOneWord ? 'break-all' : ''}`}
          onChange={(event) => onChange?.(event.target.value)}
          onFocus={(event) => {
            if (onChange === undefined) event.currentTarget.select()
          }}
        />
      )}
    </Field>
  )
}
