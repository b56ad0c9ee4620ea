import { CopyButton } from './copy-button.tsx'

interface CodeSampleProps {
  readonly label: string
  readonly copyLabel: string
  readonly text: string
  readonly onCopied: () => void
}

/** A piece of a program to copy. It scrolls sideways in its own frame and can be reached by keyboard. */
export function CodeSample({ label, copyLabel, text, onCopied }: CodeSampleProps) {
  return (
    <div className="forced-edge flex items-start rounded-control border border-line bg-sunken">
      <pre
        role="region"
        tabIndex={0}
        aria-label={label}
        className="max-h-80 min-w-0 flex-1 overflow-auto rounded-control py-3 ps-4 pe-2 font-mono text-small"
      >
        <code>{text}</code>
      </pre>
      <div className="p-1.5">
        <CopyButton text={text} label={copyLabel} onCopied={onCopied} />
      </div>
    </div>
  )
}
