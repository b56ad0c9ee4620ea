import { open, writeFile } from 'node:fs/promises'
import { dialog, type BrowserWindow } from 'electron'
import { fail, ok, type Result } from '../../node/contract/result.ts'
import { storageFailure } from '../../node/state/storage-error.ts'

/** Largest text a person may hand in: a backup of a pool. */
const maxOpenedBytes = 8 * 1024 * 1024

/** Saves text where a person chooses; the path is null when they chose nothing. */
export async function saveText(
  window: BrowserWindow | null,
  fileName: string,
  text: string,
): Promise<Result<{ path: string | null }>> {
  const options: Electron.SaveDialogOptions = { defaultPath: fileName.replace(/[\\/]/g, '-') }
  const chosen = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options))
  if (chosen.canceled || !chosen.filePath) return ok({ path: null })
  try {
    await writeFile(chosen.filePath, text, { mode: 0o600 })
    return ok({ path: chosen.filePath })
  } catch (cause) {
    return storageFailure(cause)
  }
}

/** Reads a small text file that a person chooses; the text is null when they chose none. */
export async function openText(window: BrowserWindow | null): Promise<Result<{ text: string | null }>> {
  const options: Electron.OpenDialogOptions = { properties: ['openFile'] }
  const chosen = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options))
  const path = chosen.canceled ? undefined : chosen.filePaths[0]
  if (path === undefined) return ok({ text: null })
  try {
    const file = await open(path)
    try {
      if ((await file.stat()).size > maxOpenedBytes) return fail('too_large', { limit: '8 MiB' })
      return ok({ text: await file.readFile('utf8') })
    } finally {
      await file.close()
    }
  } catch (cause) {
    return storageFailure(cause)
  }
}
