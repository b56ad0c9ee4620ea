import { useEffect } from 'react'
import { useNavigation } from '../../state/navigation.ts'
import { forgetAnnouncements, useAnnouncements } from './announce-answers.ts'

/** What screen readers hear of an answer; the transcript itself stays silent while text streams in. */
export function Announcer() {
  const { lines } = useAnnouncements()
  const chatId = useNavigation((navigation) => navigation.chatId)
  useEffect(() => forgetAnnouncements, [chatId])
  return (
    <div role="status" aria-live="polite" aria-atomic="false" aria-relevant="additions" className="sr-only">
      {lines.map((line) => (
        <p key={line.id}>{line.text}</p>
      ))}
    </div>
  )
}
