import { useTranslation } from 'react-i18next'
import { CodeSample } from '../../components/code-sample.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { curlSnippet, javaScriptSnippet, pythonSnippet, type SnippetTarget } from './snippets.ts'

interface SnippetTabsProps {
  readonly target: SnippetTarget
  readonly onCopied: () => void
}

/** The same question in three ways, ready to paste. */
export function SnippetTabs({ target, onCopied }: SnippetTabsProps) {
  const { t } = useTranslation()
  const isWindows = navigator.userAgent.includes('Windows')
  const samples = [
    { value: 'curl', label: 'curl', text: curlSnippet(target, isWindows) },
    { value: 'javascript', label: 'JavaScript', text: javaScriptSnippet(target) },
    { value: 'python', label: 'Python', text: pythonSnippet(target) },
  ]
  return (
    <section aria-label={t('keys.snippets')} className="flex min-w-0 flex-col gap-2">
      <p className="text-small text-ink-soft">{t('keys.snippetsText')}</p>
      <Tabs
        label={t('keys.snippets')}
        tabs={samples.map(({ value, label, text }) => ({
          value,
          label,
          content: (
            <CodeSample
              label={t('keys.snippetFor', { language: label })}
              copyLabel={t('keys.copySnippet', { language: label })}
              text={text}
              onCopied={onCopied}
            />
          ),
        }))}
      />
    </section>
  )
}
