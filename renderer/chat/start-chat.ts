import { placeOfChat, showChat } from '../state/navigation.ts'
import { setAsking, useAsking } from './composer/ask-store.ts'
import { giveBackDraft } from './composer/drafts.ts'

/** Shows an empty chat. A question that the new chat before it could not send is kept where it was typed. */
export function startChat(): void {
  const place = placeOfChat(null)
  const asking = useAsking.getState().asking[place]
  if (asking !== undefined && asking.error !== null) {
    giveBackDraft(null, asking.text)
    setAsking(place, null)
  }
  showChat(null)
}
