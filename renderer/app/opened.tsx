import { PhraseOnce } from '../first-run/phrase-once.tsx'
import { useRecoveryPhrase } from '../state/recovery-phrase.ts'
import { SignedOut } from '../account/signed-out.tsx'
import { Announcer } from '../chat/transcript/announcer.tsx'
import { WebLinkDialog } from './web-link-dialog.tsx'
import { PrivacyDialog } from '../chat/composer/privacy-dialog.tsx'
import { FirstRun } from '../first-run/first-run.tsx'
import { useSlice } from '../state/slices.ts'
import { DemoLabel } from './demo-label.tsx'
import { DropZone } from './drop-zone.tsx'
import { Shell } from './shell.tsx'
import { Toasts } from './toasts.tsx'

function Content() {
  const { current } = useSlice('account')
  const { isFirstRunDone } = useSlice('settings')
  const { phrase } = useRecoveryPhrase()
  if (current === null) return <SignedOut />
  if (phrase !== null) return <PhraseOnce phrase={phrase} />
  if (!isFirstRunDone) return <FirstRun />
  return <Shell />
}

/** What a running peer shows: who you are decides between signing in, getting started and the app. */
export function Opened() {
  const { current } = useSlice('account')
  return (
    <div className="flex h-full flex-col">
      <DemoLabel />
      <div className="relative min-h-0 flex-1">
        <Content />
      </div>
      <Toasts />
      {current !== null && (
        <>
          <DropZone />
          <Announcer />
          <PrivacyDialog />
          <WebLinkDialog />
        </>
      )}
    </div>
  )
}
