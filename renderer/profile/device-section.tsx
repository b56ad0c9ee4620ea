import { Laptop, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OwnDeviceView } from '../../node/contract/accounts.ts'
import { tagOf } from '../../node/contract/ids.ts'
import { Badge } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { formatDate } from '../locales/format.ts'
import { notify } from '../state/notices.ts'
import { useSlice } from '../state/slices.ts'
import { useCall } from '../state/use-call.ts'
import { LinkingCodeDialog } from './linking-code-dialog.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { RenameComputerDialog } from '../components/rename-computer-dialog.tsx'

interface DeviceRowProps {
  readonly device: OwnDeviceView
  readonly tag: string | null
  readonly onRename: () => void
  readonly onUnlink: () => void
}

function DeviceRow({ device, tag, onRename, onUnlink }: DeviceRowProps) {
  const { t } = useTranslation()
  const name = tag === null ? device.name : `${device.name} ${tag}`
  return (
    <Row
      icon={<IconTile icon={Laptop} tone={device.isSelf ? 'own' : 'plain'} />}
      title={
        <>
          {device.name}
          {tag !== null && (
            <span title={t('profile.deviceTag')} className="font-mono text-caption font-normal text-ink-faint">
              {tag}
            </span>
          )}
          {device.isSelf ? (
            <Badge tone="own">{t('pool.connection.self')}</Badge>
          ) : (
            <Badge>{t(device.isConnected ? 'pool.connection.admitted' : 'pool.connection.offline')}</Badge>
          )}
        </>
      }
      text={t('profile.deviceSince', { when: formatDate(device.addedAtMs) })}
      actions={
        <>
          <Button size="small" aria-label={t('profile.renameNamed', { name })} onClick={onRename}>
            {t('profile.rename')}
          </Button>
          {!device.isSelf && (
            <Button size="small" aria-label={t('profile.unlinkNamed', { name })} onClick={onUnlink}>
              {t('profile.unlink')}
            </Button>
          )}
        </>
      }
    />
  )
}

/** Tells a device from another one of the same name; null where none has it. */
function distinctTag(device: OwnDeviceView, devices: readonly OwnDeviceView[]): string | null {
  const isShared = devices.some(({ deviceId, name }) => deviceId !== device.deviceId && name === device.name)
  return isShared ? tagOf(device.deviceId) : null
}

/** The computers of the account. */
export function DeviceSection() {
  const { t } = useTranslation()
  const { current } = useSlice('account')
  const [isLinking, setLinking] = useState(false)
  const [renamed, setRenamed] = useState<OwnDeviceView | null>(null)
  const [unlinked, setUnlinked] = useState<OwnDeviceView | null>(null)
  const unlink = useCall('account.unlinkDevice')
  if (current === null) return null
  const unlinkedTag = unlinked && distinctTag(unlinked, current.devices)
  const unlinkedName = unlinkedTag ? `${unlinked.name} ${unlinkedTag}` : (unlinked?.name ?? '')

  function close(): void {
    setUnlinked(null)
    unlink.clearError()
  }

  async function doUnlink(device: OwnDeviceView, secret: { password: string; recoveryPhrase?: string }): Promise<void> {
    const result = await unlink.run({ deviceId: device.deviceId, ...secret })
    if (!result.ok) return
    close()
    notify(t('profile.unlinked', { name: device.name }))
  }

  return (
    <Section
      title={t('profile.devices')}
      text={t('profile.devicesText')}
      action={
        <Button
          size="small"
          icon={<Plus aria-hidden size={16} />}
          onClick={() => {
            setLinking(true)
          }}
        >
          {t('profile.linking')}
        </Button>
      }
    >
      <RowList label={t('profile.devices')}>
        {current.devices.map((device) => (
          <DeviceRow
            key={device.deviceId}
            device={device}
            tag={distinctTag(device, current.devices)}
            onRename={() => {
              setRenamed(device)
            }}
            onUnlink={() => {
              setUnlinked(device)
            }}
          />
        ))}
      </RowList>
      {renamed !== null && (
        <RenameComputerDialog
          deviceId={renamed.deviceId}
          name={renamed.name}
          isReached={renamed.isSelf || renamed.isConnected}
          onClose={() => {
            setRenamed(null)
          }}
        />
      )}
      {isLinking && (
        <LinkingCodeDialog
          needsPhrase={!current.hasRootKey}
          onClose={() => {
            setLinking(false)
          }}
        />
      )}
      {unlinked !== null && (
        <PasswordDialog
          title={t('profile.unlinkTitle', { name: unlinkedName })}
          text={t('profile.unlinkText')}
          action={t('profile.unlinkNamed', { name: unlinkedName })}
          isDangerous
          needsPhrase={!current.hasRootKey}
          isBusy={unlink.isBusy}
          error={unlink.error}
          onConfirm={(secret) => doUnlink(unlinked, secret)}
          onClose={close}
        />
      )}
    </Section>
  )
}
