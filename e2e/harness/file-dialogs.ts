import type { Install } from './install.ts'

/** Answers the system's save dialogue for the person, from now on. */
export async function answerSaveDialog(install: Install, path: string): Promise<void> {
  await install.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
  }, path)
}

/** Answers the system's open dialogue for the person, from now on. */
export async function answerOpenDialog(install: Install, path: string): Promise<void> {
  await install.app.evaluate(({ dialog }, filePath) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] })
  }, path)
}
