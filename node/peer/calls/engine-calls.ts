import type { Handlers } from '../../contract/api.ts'
import { ok } from '../../contract/result.ts'
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

  async function rememberServers(change: (urls: readonly string[]) => string[]): Promise<void> {
    const signedIn = context.signedIn()
    if (!signedIn.ok) return
    const { settings } = signedIn.value.session
    await settings.update({ serverUrls: change(settings.settings.serverUrls) })
    context.changes.invalidate('settings')
  }

  return {
    'engine.refresh': async () => hub.refresh(),
    'engine.addServer': async ({ url }) => {
      const added = await hub.addServer(url)
      if (added.ok) await rememberServers((urls) => [...urls.filter((known) => known !== url), url])
      return added
    },
    'engine.removeServer': async ({ url }) => {
      const removed = await hub.removeServer(url)
      if (removed.ok) await rememberServers((urls) => urls.filter((known) => known !== url))
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
