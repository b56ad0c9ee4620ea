import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './harness/fixtures.ts'
import type { Install } from './harness/install.ts'

/** Runs code in the page without Playwright's own page object, which waits for navigations that never come. */
function inPage(install: Install, code: string): Promise<unknown> {
  return install.app.evaluate(
    ({ BrowserWindow }, text) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(text),
    code,
  )
}

function secondStart(install: Install, ...args: string[]) {
  const executable = process.env['KITH_ELECTRON'] ?? ''
  return spawn(executable, [process.cwd(), '--profile', join(install.directory, 'profile'), ...args])
}

test('the page runs in the sandbox, under a strict policy, and cannot leave', async ({ launch }) => {
  const install = await launch('ada')
  await expect(install.page.getByLabel('User name')).toBeVisible()
  const runtime = await inPage(install, `window.kith.invoke('host.status', {}).then((status) => status.value.runtime)`)
  test.info().annotations.push({ type: 'runtime', description: String(runtime) })

  const pages = await install.app.evaluate(({ app }) =>
    app.getAppMetrics().flatMap((metric) => (metric.type === 'Tab' ? [metric.pid] : [])),
  )
  expect(pages).toHaveLength(1)
  for (const pid of pages) expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m)

  expect(await inPage(install, `typeof require + typeof process`)).toBe('undefinedundefined')
  const inline = `const script = document.createElement('script'); script.textContent = 'window.wasRun = true'
    document.body.append(script); window.wasRun === undefined`
  expect(await inPage(install, inline)).toBe(true)
  expect(await inPage(install, `fetch('https://example.org/').then(() => 'reached', () => 'refused')`)).toBe('refused')
  expect(await inPage(install, `window.open('https://example.org/') === null`)).toBe(true)
  expect(await inPage(install, `fetch('/..%2f..%2fpackage.json').then((answer) => answer.status)`)).toBe(404)
  expect(
    await inPage(install, `navigator.permissions.query({ name: 'geolocation' }).then((answer) => answer.state)`),
  ).toBe('denied')

  await inPage(install, `location.href = 'https://example.org/'; true`)
  expect(await inPage(install, `location.href`)).toMatch(/^app:\/\/kith\//)
  const refused = `window.kith.invoke('host.openLink', { url: 'file:///etc/passwd' }).then((answer) => answer.error.code)`
  expect(await inPage(install, refused)).toBe('url_invalid')
})

test('a page that is not ours gets no answer, even with our preload', async ({ launch }) => {
  const install = await launch('ada')
  const preload = join(process.cwd(), 'out', 'preload', 'preload.cjs')
  for (const url of ['data:text/html,foreign', 'app://kith/index.html']) {
    const answer = await install.app.evaluate(
      async ({ BrowserWindow }, options) => {
        const window = new BrowserWindow({ show: false, webPreferences: { preload: options.preload, sandbox: true } })
        await window.loadURL(options.url)
        const call = `window.kith.invoke('state.snapshot', {}).then((answer) => answer.error?.code)`
        const code: unknown = await window.webContents.executeJavaScript(call)
        window.destroy()
        return code
      },
      { preload, url },
    )
    expect(answer).toBe('bad_request')
  }
})

test('a second start hands over its link, says why it ends, and the first window stays', async ({ launch }) => {
  const install = await launch('ada')
  await expect(install.page.getByLabel('User name')).toBeVisible()
  const second = secondStart(install, 'kith://join/not-a-real-invite')
  let said = ''
  second.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await once(second, 'close')
  expect(second.exitCode).toBe(0)
  expect(said).toContain('profile_in_use')
  await expect(install.page.getByText(/invite/i).first()).toBeVisible()
})

test('a crashed page is loaded again and says so', async ({ launch }) => {
  const install = await launch('ada')
  await expect(install.page.getByLabel('User name')).toBeVisible()
  await install.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    const loaded = new Promise((resolve) => contents?.once('did-finish-load', () => resolve(null)))
    contents?.forcefullyCrashRenderer()
    await loaded
  })
  const shown = `document.body.innerText.includes('stopped unexpectedly')`
  await expect.poll(() => inPage(install, shown)).toBe(true)
})
