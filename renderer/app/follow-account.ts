import { forgetAsking } from '../chat/composer/ask-store.ts'
import { forgetChoices } from '../chat/pickers/choice-store.ts'
import { forgetDrafts } from '../chat/composer/drafts.ts'
import { forgetAllChats } from '../chat/transcript/transcript-store.ts'
import { dismissAllNotices } from '../state/notices.ts'
import { forgetRecoveryPhrase } from '../state/recovery-phrase.ts'
import { resetNavigation } from '../state/navigation.ts'
import { readSlice, watchSlice } from '../state/slices.ts'
import { forgetUsageChoice } from '../state/usage-choice.ts'

/** When somebody logs out or another account is opened, nothing of the one before stays in this window. */
export function followAccount(): () => void {
  let last = readSlice('account').current?.accountId ?? null
  return watchSlice('account', ({ current }) => {
    const next = current?.accountId ?? null
    if (next === last) return
    const wasSignedIn = last !== null
    last = next
    dismissAllNotices()
    if (!wasSignedIn) return
    forgetAllChats()
    forgetDrafts()
    forgetChoices()
    forgetAsking()
    forgetRecoveryPhrase()
    forgetUsageChoice()
    resetNavigation()
  })
}
