import { expect, test, type Page } from './page-test.ts'
import { expectReflow, testAccessible, type Screen } from './expect-accessible.ts'
import { asked, goTo, openScene } from './open-scene.ts'
import { fakePlainKey } from './fake-peer/teach-keys.ts'

async function choose(page: Page, key: string, action: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: `More for ${key}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

async function startMaking(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New key' }).click()
  await expect(page.getByRole('dialog', { name: 'New key' })).toBeVisible()
}

async function make(page: Page, name: string): Promise<void> {
  await startMaking(page)
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Make key' }).click()
  await expect(page.getByRole('dialog')).toContainText('is ready')
}

const states: readonly Screen[] = [
  { name: 'no keys yet', scene: 'home' },
  { name: 'keys of every kind', scene: 'keyed' },
  { name: 'no network', scene: 'empty' },
  { name: 'the port taken', scene: 'portTaken' },
  { name: 'the usual port taken', scene: 'usualPortTaken' },
  {
    name: 'ended keys and usage unfolded',
    scene: 'keyed',
    reach: async (page) => {
      await page.getByText('2 keys that have ended').click()
      await page.getByText('Usage in the last 30 days').nth(1).click()
      await expect(page.getByRole('figure')).toBeVisible()
    },
  },
  {
    name: 'everything of a new key unfolded, and a mistake',
    scene: 'keyed',
    reach: async (page) => {
      await startMaking(page)
      await page.getByRole('radio', { name: 'Only some' }).click()
      await page.getByText('More limits').click()
      await page.getByText('More options').click()
      await page.getByRole('button', { name: 'Make key' }).click()
      await expect(page.getByText('Fill this in.')).toBeVisible()
      await expect(page.getByText('Tick at least one model')).toBeVisible()
    },
  },
  { name: 'the key shown', scene: 'keyed', reach: (page) => make(page, 'Kitchen tablet') },
  { name: 'replacing', scene: 'keyed', reach: (page) => choose(page, 'Notes app', 'Replace the key…') },
  { name: 'revoking', scene: 'keyed', reach: (page) => choose(page, 'Notes app', 'Revoke…') },
]

testAccessible(
  states.map(({ name, scene, reach }) => ({
    name: `keys, ${name}`,
    scene,
    reach: async (page) => {
      await goTo(page, 'Keys')
      await reach?.(page)
    },
  })),
)

test('a key is made by keyboard, shown once, and gone from the page when the dialog closes', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await goTo(page, 'Keys')
  await page.getByRole('button', { name: 'New key' }).press('Enter')
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await page.keyboard.type('Kitchen tablet')
  await page.getByLabel('Questions a minute').fill('3')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('The key', { exact: true })).toHaveValue(fakePlainKey)
  await expect(dialog.getByRole('tabpanel')).toContainText(`Bearer ${fakePlainKey}`)
  await dialog.getByRole('tab', { name: 'curl' }).focus()
  await page.keyboard.press('ArrowRight')
  await expect(dialog.getByRole('tabpanel')).toContainText('http://127.0.0.1:4777/v1')
  await page.keyboard.press('ArrowRight')
  await expect(dialog.getByRole('tabpanel')).toContainText('from openai import OpenAI')
  await dialog.getByRole('button', { name: 'Copy key' }).click()
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  const secret = fakePlainKey.split('-').at(-2) ?? ''
  expect(secret.length).toBeGreaterThan(20)
  expect(await page.content()).not.toContain(secret)
  expect(await asked(page, 'key.create')).toMatchObject([
    { name: 'Kitchen tablet', limits: { requestsPerMinute: 3 }, limitMode: 'enforced', scopes: ['inference'] },
  ])
  await expect(page.getByText('0 of 3 questions this minute')).toBeVisible()
  isQuiet()
})

test('closing before the key was copied asks first', async ({ page }) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Keys')
  await make(page, 'Kitchen tablet')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('alert').filter({ hasText: 'not copied the key yet' })).toBeVisible()
  await page.getByRole('button', { name: 'Close anyway' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('changing a key sends only what was changed', async ({ page }) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Keys')
  await choose(page, 'Notes app', 'Change name and limits…')
  await page.getByRole('spinbutton', { name: 'Questions a minute' }).fill('7')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(await asked(page, 'key.update')).toMatchObject([{ change: { limits: { requestsPerMinute: 7 } } }])
  const [update] = (await asked(page, 'key.update')) as { change: object }[]
  expect(Object.keys(update?.change ?? {})).toEqual(['limits'])
})

test('a key is switched off, replaced, taken home and revoked', async ({ page }) => {
  const isQuiet = await openScene(page, 'keyed')
  await goTo(page, 'Keys')
  const row = (name: string) => page.getByRole('main').getByRole('listitem').filter({ hasText: name })
  await choose(page, 'Notes app', 'Switch off')
  await expect(row('Notes app')).toContainText('Off')

  await choose(page, 'Notes app', 'Replace the key…')
  await page.getByLabel('The old key works on').selectOption({ label: 'for 7 days' })
  await page.getByRole('button', { name: 'Make the new key' }).click()
  await expect(page.getByLabel('The key', { exact: true })).toHaveValue(fakePlainKey)
  await page.getByRole('button', { name: 'Copy key' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(row('Notes app')).toContainText('ends in 7 days')

  const shared = 'Translating the newsletter for everybody on Garden Street'
  await expect(row(shared)).toContainText('Mira’s desktop')
  await choose(page, shared, 'Count limits on this computer…')
  await page.getByRole('button', { name: 'Count here' }).click()
  await expect(row(shared)).not.toContainText('Mira’s desktop')

  await choose(page, 'Notes app', 'Revoke…')
  await expect(page.getByRole('dialog')).toContainText('This is final.')
  await page.getByRole('button', { name: 'Revoke for good' }).click()
  await expect(page.getByText('3 keys that have ended')).toBeVisible()
  isQuiet()
})

test('a limit that is used up says so in words, and is whole again when its window ends', async ({ page }) => {
  await page.clock.install()
  await openScene(page, 'keyed')
  await goTo(page, 'Keys')
  const meter = page.getByRole('meter', { name: 'Questions a minute' }).nth(1)
  await expect(meter).toHaveAttribute('aria-valuetext', '3 of 3 questions this minute. used up')
  await page.clock.fastForward(46_000)
  await expect(meter).toHaveAttribute('aria-valuetext', '0 of 3 questions this minute. 3 left')
})

test('a taken port can be changed where it is reported', async ({ page }) => {
  await openScene(page, 'portTaken')
  await goTo(page, 'Keys')
  await expect(page.getByRole('alert')).toContainText('Port 8080 is used by another program')
  await page.getByLabel('Port number').fill('70000')
  await page.getByRole('button', { name: 'Save port' }).click()
  await expect(page.getByLabel('Port number')).toBeFocused()
  await expect(page.getByText('65535')).toBeVisible()
  await page.getByLabel('Port number').fill('8123')
  await page.getByRole('button', { name: 'Save port' }).click()
  await expect(page.getByText('http://127.0.0.1:8123/v1')).toBeVisible()
  await page.getByRole('switch', { name: 'Let programs on this computer ask' }).click()
  await expect(page.getByText('http://127.0.0.1:8123/v1')).toBeHidden()
})

test('where another program has the usual port, page and snippets send no key there', async ({ page }) => {
  await openScene(page, 'usualPortTaken')
  await goTo(page, 'Keys')
  const warning = page.getByText('Another program answers on port 11535')
  await expect(warning).toBeVisible()
  await make(page, 'Kitchen tablet')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Another program answers on port 11535')).toBeVisible()
  for (const language of ['curl', 'JavaScript', 'Python']) {
    await dialog.getByRole('tab', { name: language }).click()
    const sample = dialog.getByRole('tabpanel')
    await expect(sample).toContainText('http://127.0.0.1:4777/v1')
    await expect(sample).not.toContainText('11535')
  }
})

test('where another program has the port as localhost, that is what is said', async ({ page }) => {
  await openScene(page, 'localhostTaken')
  await goTo(page, 'Keys')
  await expect(page.getByText('Another program answers at localhost:4777')).toBeVisible()
  await expect(page.getByText('Give it the address shown here, with 127.0.0.1')).toBeVisible()
})

test('at 400 % keys and the new-key form reflow, and their last button can be reached', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 })
  await openScene(page, 'keyed')
  await page.getByRole('button', { name: 'Open the menu' }).click()
  await goTo(page, 'Keys')
  await expectReflow(page)
  await startMaking(page)
  await page.getByRole('button', { name: 'Make key' }).scrollIntoViewIfNeeded()
  await expect(page.getByRole('button', { name: 'Make key' })).toBeInViewport()
  await expectReflow(page)
})

test('a program that was refused can be listed, and what cannot be listed is said beside its field', async ({
  page,
}) => {
  await openScene(page, 'home')
  await goTo(page, 'Keys')
  await page.getByText('Containers, extensions and pages').click()
  const pages = page.getByLabel('Pages and extensions')
  await page.getByLabel('Names for this address').fill('Host.Docker.Internal')
  await pages.fill('https://*')
  await page.getByRole('button', { name: 'Save list' }).click()
  await expect(pages).toBeFocused()
  await expect(pages).toHaveAccessibleDescription(/“https:\/\/\*” cannot be listed/)
  expect(await asked(page, 'settings.update')).toEqual([])
  await pages.fill('chrome-extension://abcdef\napp://obsidian.md')
  await page.getByRole('button', { name: 'Save list' }).click()
  await expect(page.getByText('The list was saved.', { exact: true })).toBeVisible()
  expect(await asked(page, 'settings.update')).toEqual([
    { apiHosts: ['host.docker.internal'], apiOrigins: ['chrome-extension://abcdef', 'app://obsidian.md'] },
  ])
})
