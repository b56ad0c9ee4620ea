import { Server, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../components/badge.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { ErrorNote } from '../components/error-note.tsx'
import { TextField } from '../components/forms/field.tsx'
import { PasswordField } from '../components/forms/password-field.tsx'
import { LineForm } from '../components/forms/line-form.tsx'
import { missing } from '../components/forms/text-mistakes.ts'
import { useMistakes } from '../components/forms/use-mistakes.ts'
import { IconButton } from '../components/icon-button.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { SlotsForm } from './slots-form.tsx'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'

/** Model servers added by their address. */
export function ServerSection() {
  const { t } = useTranslation()
  const { servers } = useSlice('engines')
  const [url, setUrl] = useState('')
  const [apiKey, setApiKey] = useState('')
  const add = useCall('engine.addServer')
  const remove = useCall('engine.removeServer')
  const mistakes = useMistakes(
    { url: missing(url) },
    { error: add.error ?? remove.error, fields: { url_invalid: 'url' } },
  )

  async function addServer(): Promise<void> {
    const key = apiKey.trim()
    const result = await add.run({ url: url.trim(), ...(key === '' ? {} : { apiKey: key }) })
    if (!result.ok) return
    setUrl('')
    setApiKey('')
  }

  return (
    <Section title={t('models.servers')} text={t('models.serversText')}>
      {servers.length > 0 && (
        <RowList label={t('models.servers')}>
          {servers.map((server) => (
            <Row
              key={server.url}
              icon={<IconTile icon={Server} tone={server.state === 'running' ? 'own' : 'plain'} />}
              title={
                <>
                  <span className="font-mono text-small break-all">{server.url}</span>
                  <Badge tone={server.state === 'running' ? 'own' : 'plain'}>
                    {t(`models.serverState.${server.state}`)}
                  </Badge>
                  {server.hasKey && <Badge tone="plain">{t('models.serverHasKey')}</Badge>}
                </>
              }
              actions={
                <IconButton
                  label={t('models.serverRemove', { url: server.url })}
                  icon={<Trash2 aria-hidden size={17} />}
                  onClick={() => void remove.run({ url: server.url })}
                />
              }
            >
              <ErrorNote error={server.error} />
              <SlotsForm key={server.slots} engine={server.url} label={server.url} slots={server.slots} />
            </Row>
          ))}
        </RowList>
      )}
      <LineForm
        action={t('models.serverAdd')}
        isBusy={add.isBusy}
        error={mistakes.rest}
        onSubmit={mistakes.before(addServer)}
      >
        <TextField
          label={t('models.serverUrl')}
          hint={t('models.serverHint')}
          className="min-w-60 flex-1"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          maxLength={2_000}
          mistake={mistakes.of('url')}
          value={url}
          onChange={setUrl}
        />
        <PasswordField
          label={t('models.serverKey')}
          hint={t('models.serverKeyHint')}
          className="min-w-60 flex-1"
          autoComplete="off"
          value={apiKey}
          onChange={setApiKey}
        />
      </LineForm>
    </Section>
  )
}
