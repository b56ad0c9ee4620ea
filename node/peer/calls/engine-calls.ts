import type { Handlers } from '../../contract/api.ts'
import { ok } from '../../contract/result.ts'
import { parseServerKey } from '../../engines/openai/server-key.ts'
import { parseServerUrl } from '../../engines/openai/server-url.ts'
import type { CallContext } from './context.ts'

export function engineCalls(
  context: CallContext,
): Handlers<
  | 'engine.refresh'
  | 'engine.addServer'
  | 'engine.removeServer'
  | 'model.download'
  | 'model.pauseDownload'
  | 'model.cancelDownload'
  | 'model.import'
  | 'model.remove'
> {
  const { hub } = context

  /** Of an address there is one entry, however it was written; `isKept` says whether it stays. */
  async function rememberServer(url: string, isKept: boolean, apiKey: string | null = null): Promise<void> {
    const signedIn = context.signedIn()
    if (!signedIn.ok) return
    const { settings, serverKeys } = signedIn.value.session
    const others = settings.settings.serverUrls.filter((known) => addressOf(known) !== url)
    // The key first: an address that is remembered without it would be asked without it after the next start.
    if (!isKept) await serverKeys.remove(url)
    else if (apiKey !== null) await serverKeys.set(url, apiKey)
    await settings.update({ serverUrls: isKept ? [...others, url] : others })
    context.changes.invalidate('settings')
  }

  return {
    'engine.refresh': async () => hub.refresh(),
    'engine.addServer': async ({ url, apiKey }) => {
      const key = apiKey === undefined ? ok(null) : parseServerKey(apiKey)
      if (!key.ok) return key
      const added = await hub.addServer(url, key.value)
      if (added.ok) await rememberServer(addressOf(url), true, key.value)
      return added
    },
    'engine.removeServer': async ({ url }) => {
      const removed = await hub.removeServer(url)
      if (removed.ok) await rememberServer(addressOf(url), false)
      return removed
    },
    'model.download': async ({ catalogueId }) => hub.download(catalogueId),
    'model.pauseDownload': async ({ catalogueId }) => hub.pauseDownload(catalogueId),
    'model.cancelDownload': async ({ catalogueId }) => hub.cancelDownload(catalogueId),
    'model.import': async ({ path }) => {
      const imported = await hub.importModel(path)
      return imported.ok ? ok(imported.value) : imported
    },
    'model.remove': async ({ name }) => hub.removeModel(name),
  }
}

function addressOf(url: string): string {
  const parsed = parseServerUrl(url)
  return parsed.ok ? parsed.value : url
}
