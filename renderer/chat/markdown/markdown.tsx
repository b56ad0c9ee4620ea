import { Streamdown, type Components } from 'streamdown'
import { Code, CodeBlock, NoImage, SafeLink, Table } from './markdown-parts.tsx'

/** Every element is ours, and an answer's headings begin below those of the page. */
const components: Components = {
  a: SafeLink,
  img: NoImage,
  pre: CodeBlock,
  code: Code,
  inlineCode: Code,
  table: Table,
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  h6: ({ children }) => <h6>{children}</h6>,
  p: ({ children }) => <p>{children}</p>,
  ul: ({ children }) => <ul>{children}</ul>,
  ol: ({ children, start }) => <ol start={start}>{children}</ol>,
  li: ({ children }) => <li>{children}</li>,
  blockquote: ({ children }) => <blockquote>{children}</blockquote>,
  hr: () => <hr />,
  strong: ({ children }) => <strong>{children}</strong>,
  thead: ({ children }) => <thead>{children}</thead>,
  tbody: ({ children }) => <tbody>{children}</tbody>,
  tr: ({ children }) => <tr>{children}</tr>,
  th: ({ children }) => <th scope="col">{children}</th>,
  td: ({ children }) => <td>{children}</td>,
  input: ({ checked }) => <span>{checked === true ? '☑' : '☐'}</span>,
}

/** None: without the plugin that reads raw HTML, tags in an answer are shown as the text they are. */
const noPlugins: [] = []

interface MarkdownProps {
  readonly text: string
  readonly isStreaming: boolean
}

/** An answer's Markdown. Finished blocks are kept as they are while the rest streams in. */
export function Markdown({ text, isStreaming }: MarkdownProps) {
  return (
    <Streamdown
      mode="streaming"
      isAnimating={isStreaming}
      parseIncompleteMarkdown={isStreaming}
      rehypePlugins={noPlugins}
      components={components}
      controls={false}
      dir="auto"
      className="prose"
    >
      {text}
    </Streamdown>
  )
}
