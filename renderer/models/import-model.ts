import { call } from '../bridge/kith.ts'
import { text } from '../locales/i18n.ts'
import { notify, notifyProblem } from '../state/notices.ts'

/** Adds a model file to this computer and says how it went. */
export async function importModel(path: string): Promise<boolean> {
  if (path === '') {
    notify(text.t('app.dropWrong'), 'problem')
    return false
  }
  notify(text.t('app.importing'))
  const result = await call('model.import', { path })
  if (result.ok) notify(text.t('app.imported', { name: result.value.name }))
  else notifyProblem(result.error)
  return result.ok
}

/** Lets the person choose a model file and adds it. False when nothing was added. */
export async function pickAndImportModel(): Promise<boolean> {
  const picked = await call('host.pickModelFile', {})
  if (!picked.ok) {
    notifyProblem(picked.error)
    return false
  }
  return picked.value.path === null ? false : importModel(picked.value.path)
}
