import { Boxes, Radio } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { Empty } from '../components/layout/empty.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { Page } from '../components/layout/page.tsx'
import { formatBytes } from '../locales/format.ts'
import { goTo } from '../state/navigation.ts'
import { useSlice } from '../state/slices.ts'
import { ServedNow } from './served-now.tsx'
import { SharePools } from './share-pools.tsx'
import { ShareSwitch } from './share-switch.tsx'

function SharedModels() {
  const { t } = useTranslation()
  const { local } = useSlice('models')
  return (
    <Section title={t('share.models')}>
      {local.length === 0 ? (
        <Empty
          icon={<Boxes aria-hidden size={26} />}
          action={
            <Button
              onClick={() => {
                goTo('models')
              }}
            >
              {t('share.modelsAction')}
            </Button>
          }
        >
          {t('share.modelsNone')}
        </Empty>
      ) : (
        <RowList label={t('share.models')}>
          {local.map((model) => (
            <Row
              key={`${model.engine}-${model.name}`}
              icon={<IconTile icon={Boxes} />}
              title={
                <>
                  {model.name}
                  {model.isLoaded && <Badge tone="own">{t('models.loaded')}</Badge>}
                </>
              }
              text={t('models.size', { size: formatBytes(model.sizeBytes) })}
            />
          ))}
        </RowList>
      )}
    </Section>
  )
}

function Consequences() {
  const { t } = useTranslation()
  const lines = [t('share.consequence1'), t('share.consequence2'), t('share.consequence3'), t('share.consequence4')]
  return (
    <Section title={t('share.consequences')}>
      <ul className="flex flex-col gap-2.5 text-ink-soft">
        {lines.map((line) => (
          <li key={line} className="flex gap-3">
            <Radio aria-hidden size={16} className="mt-1 shrink-0 text-accent" />
            <span className="max-w-prose">{line}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Sharing this computer: the switch, what it means, and what is going on. */
export function ShareView() {
  const { t } = useTranslation()
  const { isEnabled } = useSlice('sharing')
  return (
    <Page title={t('share.title')} text={t('share.text')}>
      <ShareSwitch />
      {isEnabled ? (
        <>
          <ServedNow />
          <SharePools />
          <SharedModels />
          <Consequences />
        </>
      ) : (
        <>
          <Consequences />
          <SharePools />
          <SharedModels />
        </>
      )}
    </Page>
  )
}
