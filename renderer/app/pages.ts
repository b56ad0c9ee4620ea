import { lazy } from 'react'
import { ChatView } from '../chat/chat-view.tsx'
import type { View } from '../state/navigation.ts'

const loaders = {
  share: async () => ({ default: (await import('../share/share-view.tsx')).ShareView }),
  keys: async () => ({ default: (await import('../keys/keys-view.tsx')).KeysView }),
  usage: async () => ({ default: (await import('../usage/usage-view.tsx')).UsageView }),
  pool: async () => ({ default: (await import('../pool/pool-view.tsx')).PoolView }),
  models: async () => ({ default: (await import('../models/models-view.tsx')).ModelsView }),
  account: async () => ({ default: (await import('../profile/account-view.tsx')).AccountView }),
  settings: async () => ({ default: (await import('../settings/settings-view.tsx')).SettingsView }),
} as const

/** The component of each view; all but the chat arrive when first needed. */
export const pages = {
  chat: ChatView,
  share: lazy(loaders.share),
  keys: lazy(loaders.keys),
  usage: lazy(loaders.usage),
  pool: lazy(loaders.pool),
  models: lazy(loaders.models),
  account: lazy(loaders.account),
  settings: lazy(loaders.settings),
} as const satisfies Record<View, unknown>

/** Fetches the other views while nothing else happens, so that changing to them is instant. */
export function prepareViews(): void {
  for (const load of Object.values(loaders)) void load()
}
