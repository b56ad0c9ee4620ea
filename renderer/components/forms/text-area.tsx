import { Field, inputStyle, type TypedFieldProps } from './field.tsx'

type TextAreaProps = Omit<TypedFieldProps<'textarea'>, 'readOnly'> & {
  /** Broken wherever a line ends, as a link or a key has to be. */
  readonly isOneWord?: boolean
}

/** Several lines whose every letter counts: a phrase, a link, a key. Without `onChange` it is there to be copied. */
export function TextArea({ label, hint, mistake, className, isOneWord = false, onChange, ...rest }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} mistake={mistake} className={className}>
      {(wiring) => (
        <textarea
          {...wiring}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          {...rest}
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
