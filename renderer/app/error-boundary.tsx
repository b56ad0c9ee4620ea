import { Component, type ReactNode } from 'react'
import { text } from '../locales/i18n.ts'
import { Button } from '../components/button.tsx'

interface Props {
  readonly children: ReactNode
}

/** Catches a bug while drawing: the person gets a sentence and a way on, never an empty window. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true }
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children
    return (
      <main className="flex h-full flex-col items-center justify-center gap-4 p-8 text-center">
        <h1 className="text-title font-semibold">{text.t('app.problemTitle')}</h1>
        <p className="text-ink-soft">{text.t('app.problemText')}</p>
        <Button
          variant="primary"
          onClick={() => {
            window.location.reload()
          }}
        >
          {text.t('app.reload')}
        </Button>
      </main>
    )
  }
}
