import type { ComponentProps, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../components/copy-button.tsx'
import { askToOpen } from '../../state/web-link.ts'
import { parseWebAddress } from '../../state/web-address.ts'

type Part<E extends keyof React.JSX.IntrinsicElements> = ComponentProps<E> & { readonly node?: unknown }

/** A link that asks first. What is no ordinary web address stays plain text. */
export function SafeLink({ href, children }: Part<'a'>) {
  const address = parseWebAddress(href)
  if (address === null) return <span>{children}</span>
  return (
    <a
      href={address.href}
      rel="noreferrer"
      className="rounded-sm text-accent-ink underline decoration-accent/50 underline-offset-3 hover:decoration-accent"
      onClick={(event) => {
        event.preventDefault()
        askToOpen(address.href)
      }}
      onAuxClick={(event) => {
        event.preventDefault()
      }}
    >
      {children}
    </a>
  )
}

/** Pictures are never fetched: an address could carry the question away. Their description is shown. */
export function NoImage({ alt }: Part<'img'>) {
  const { t } = useTranslation()
  return (
    <span className="text-small text-ink-faint italic">
      {alt === undefined || alt === '' ? t('chat.imageNoName') : t('chat.image', { alt })}
    </span>
  )
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node)
  if (Array.isArray(node)) return node.map((child: ReactNode) => textOf(child)).join('')
  if (typeof node === 'object' && node !== null && 'props' in node) {
    return textOf((node.props as { readonly children?: ReactNode }).children)
  }
  return ''
}

function languageOf(node: ReactNode): string {
  if (typeof node !== 'object' || node === null || !('props' in node)) return ''
  const { className } = node.props as { readonly className?: unknown }
  return typeof className === 'string' ? (/language-([\w+#.-]{1,30})/.exec(className)?.[1] ?? '') : ''
}

/** A block of code with its language and a way to copy it. */
export function CodeBlock({ children }: Part<'pre'>) {
  const { t } = useTranslation()
  const language = languageOf(children)
  const label = language === '' ? t('chat.codePlain') : t('chat.codeLanguage', { language })
  return (
    <figure className="forced-edge overflow-hidden rounded-control border border-line bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-line ps-3.5 pe-1 text-caption text-ink-faint">
        <span>{language === '' ? t('chat.codePlain') : language}</span>
        <CopyButton text={textOf(children)} label={t('chat.copyCode')} />
      </figcaption>
      <pre
        role="region"
        tabIndex={0}
        aria-label={label}
        className="overflow-x-auto px-3.5 py-3 font-mono text-small leading-relaxed -outline-offset-2"
      >
        {children}
      </pre>
    </figure>
  )
}

export function Code({ className, children }: Part<'code'>) {
  return <code className={className}>{children}</code>
}

/** A table that scrolls by itself where it is wider than the answer. */
export function Table({ children }: Part<'table'>) {
  const { t } = useTranslation()
  return (
    <div
      role="region"
      tabIndex={0}
      aria-label={t('chat.table')}
      className="forced-edge w-fit max-w-full overflow-x-auto rounded-control border border-line"
    >
      <table>{children}</table>
    </div>
  )
}
