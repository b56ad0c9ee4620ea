import type { UsageGrouping } from '../../node/contract/usage.ts'
import { text } from '../locales/i18n.ts'

/** The name of a group where the peer knows none. */
export function groupLabel(groupBy: UsageGrouping, id: string, label: string): string {
  if (groupBy === 'none') return text.t('usage.groupAll')
  if (label !== '') return label
  // The peer adds up what would be too many lines.
  if (id === 'other') return text.t('usage.groupRest')
  // Questions from a chat window carry no key.
  if (groupBy === 'key') return id.length === 16 ? text.t('usage.groupKeyGone') : text.t('usage.groupChat')
  return text.t('usage.groupUnknown')
}
