import { RefreshCw, Server } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { SlotsForm } from './slots-form.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'

/** Whether Ollama runs on this computer. */
export function OllamaSection() {
  const { t } = useTranslation()
  const { ollama } = useSlice('engines')
  const { run, isBusy, error } = useCall('engine.refresh')
  const isRunning = ollama.state === 'running'
  const words = {
    running:
      ollama.version === null ? t('models.ollamaRunningPlain') : t('models.ollamaRunning', { version: ollama.version }),
    checking: t('models.ollamaChecking'),
    not_found: t('models.ollamaMissing'),
  }[ollama.state]
  return (
    <Section title={t('models.ollama')}>
      <RowList label={t('models.ollama')}>
        <Row
          icon={<IconTile icon={Server} tone={isRunning ? 'own' : 'plain'} />}
          title={<Badge tone={isRunning ? 'own' : 'plain'}>{words}</Badge>}
          text={isRunning ? t('models.ollamaText') : t('models.ollamaMissingText')}
          actions={
            <Button
              size="small"
              icon={<RefreshCw aria-hidden size={15} />}
              isBusy={isBusy || ollama.state === 'checking'}
              onClick={() => void run({})}
            >
              {t('models.refresh')}
            </Button>
          }
        >
          <ErrorNote error={error} />
          {isRunning && (
            <SlotsForm key={ollama.slots} engine="ollama" label={t('models.ollama')} slots={ollama.slots} />
          )}
        </Row>
      </RowList>
    </Section>
  )
}
