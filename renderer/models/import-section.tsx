import { FileInput } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Section } from '../components/layout/section.tsx'
import { Empty } from '../components/layout/empty.tsx'
import { pickAndImportModel } from './import-model.ts'

/** Adding a model file from this computer. */
export function ImportSection() {
  const { t } = useTranslation()
  const [isBusy, setBusy] = useState(false)

  async function pick(): Promise<void> {
    setBusy(true)
    await pickAndImportModel()
    setBusy(false)
  }

  return (
    <Section title={t('models.import')}>
      <Empty
        icon={<FileInput aria-hidden size={26} />}
        action={
          <Button isBusy={isBusy} onClick={() => void pick()}>
            {t('models.importAction')}
          </Button>
        }
      >
        {t('models.importText')}
      </Empty>
    </Section>
  )
}
