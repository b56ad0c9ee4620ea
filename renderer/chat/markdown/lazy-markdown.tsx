import { lazy, Suspense } from 'react'

const load = () => import('./markdown.tsx')
const Markdown = lazy(async () => ({ default: (await load()).Markdown }))

/** Fetches the Markdown part ahead of the first answer. */
export function prepareMarkdown(): void {
  void load()
}

/** Markdown that is not part of the first screen; until it is there the text stands as it is. */
export function LazyMarkdown({ text, isStreaming }: { readonly text: string; readonly isStreaming: boolean }) {
  return (
    <Suspense fallback={<p className="prose whitespace-pre-wrap">{text}</p>}>
      <Markdown text={text} isStreaming={isStreaming} />
    </Suspense>
  )
}
