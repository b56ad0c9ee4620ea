import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogue } from '../../node/engines/models/catalogue.ts'
import type { Download } from '../../node/contract/state.ts'
import { printFigures } from '../harness/figures.ts'
import { expect, test } from '../harness/fixtures.ts'
import { password, type Install } from '../harness/install.ts'

const downloadDeadlineMs = 8 * 60_000

function suggestedModel() {
  const entry = catalogue.find(({ isSmallest }) => isSmallest)
  if (!entry) throw new Error('The catalogue suggests no model')
  return entry
}

async function downloadOf(install: Install): Promise<Download> {
  const { models } = await install.state()
  return models.catalogue.find(({ isSmallest }) => isSmallest)?.download ?? { state: 'none' }
}

function receivedBytes(download: Download): number {
  return 'receivedBytes' in download ? download.receivedBytes : 0
}

/** Waits until a running download has brought more than so many bytes. */
async function untilReceived(install: Install, bytes: number): Promise<void> {
  const look = async (): Promise<boolean> => {
    const download = await downloadOf(install)
    expect(download).toMatchObject({ state: 'downloading' })
    return receivedBytes(download) > bytes
  }
  await expect.poll(look, { timeout: downloadDeadlineMs, intervals: [100] }).toBe(true)
}

/** Command lines of running programs that name the folder, the app itself apart. */
async function programsAt(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(folder)).map((line) => line.replaceAll('\0', ' '))
}

test('a newcomer with neither Ollama nor a model reads a sentence of a model of this computer', async ({ launch }) => {
  const model = suggestedModel()
  const launchedAtMs = performance.now()
  const install = await launch('nina')
  const { page } = install
  let pictures = 0
  const picture = (name: string) => {
    pictures += 1
    return page.screenshot({ path: test.info().outputPath(`${pictures}-${name}.png`) })
  }

  await page.getByLabel('User name').fill('nina')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await picture('sign-up')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Write these 12 words down' })).toBeVisible()
  await picture('recovery-phrase')
  await page.getByRole('button', { name: 'I have written it down' }).click()
  await expect(page.getByRole('heading', { name: 'Who do you want to share with?' })).toBeVisible()
  await picture('pool')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText(model.name)).toBeVisible()
  await picture('model-offered')

  const downloadStartedAtMs = performance.now()
  await page.getByRole('button', { name: `Download ${model.name}` }).click()
  await untilReceived(install, 0)
  await picture('model-downloading')
  await expect(page.getByText('Ready to answer')).toBeVisible({ timeout: downloadDeadlineMs })
  const downloadMs = performance.now() - downloadStartedAtMs
  await picture('model-ready')

  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByLabel('Your question')).toHaveValue('What is the capital of France?')
  await picture('question')
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(page.getByText('You are ready.')).toBeVisible()
  const wholeMs = performance.now() - launchedAtMs
  const answer = install.transcript.getByRole('article').last()
  await expect(answer).toContainText(/Paris[^.]*\./)
  await expect(answer).toContainText('Answered by this computer')
  await picture('answer')
  const inSeconds = (ms: number): number => Math.round(ms / 100) / 10
  printFigures({
    newcomer_launch_to_answer_s: inSeconds(wholeMs - downloadMs),
    newcomer_download_s: inSeconds(downloadMs),
  })

  await page.getByRole('button', { name: 'Go on in the chat' }).click()
  await expect(page.getByRole('textbox', { name: 'Your question' })).toBeVisible()
  await picture('chat')
})

test('a download is paused and resumed in the window, and survives a quit', async ({ launch }) => {
  const model = suggestedModel()
  const install = await launch('nina')
  await install.signUp()
  await install.skipFirstRun()
  await install.open('Models')
  await install.page.getByRole('button', { name: `Download ${model.name}` }).click()
  await untilReceived(install, model.sizeBytes * 0.3)
  await install.page.getByRole('button', { name: `Pause the download of ${model.name}` }).click()
  await expect(install.page.getByText(/^Paused · /)).toBeVisible()
  const paused = await downloadOf(install)
  expect(paused).toMatchObject({ state: 'paused' })
  expect(receivedBytes(paused)).toBeGreaterThan(0)
  await install.page.screenshot({ path: test.info().outputPath('paused.png') })

  await install.page.getByRole('button', { name: `Resume the download of ${model.name}` }).click()
  await untilReceived(install, model.sizeBytes * 0.55)
  await install.close()
  expect(await programsAt(install.directory)).toEqual([])

  const again = await launch('nina', { directory: install.directory })
  await again.signIn()
  await again.open('Models')
  await expect(again.page.getByText(/^Paused · /)).toBeVisible()
  expect(receivedBytes(await downloadOf(again))).toBeGreaterThanOrEqual(receivedBytes(paused))
  await again.page.screenshot({ path: test.info().outputPath('paused-after-restart.png') })
  await again.page.getByRole('button', { name: `Resume the download of ${model.name}` }).click()
  await expect.poll(() => downloadOf(again), { timeout: downloadDeadlineMs }).toMatchObject({ state: 'ready' })
  await again.page.screenshot({ path: test.info().outputPath('ready.png') })
  expect((await again.state()).models.local).toMatchObject([{ name: model.name, digest: model.sha256 }])
  const files = await readdir(join(install.directory, 'models'))
  expect(files.filter((file) => file.includes('.part'))).toEqual([])
})
