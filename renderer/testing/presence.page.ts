import { expect, test, type Page } from './page-test.ts'
import { openScene } from './open-scene.ts'

/** Nothing is on this computer, and the others of the pool are as given. */
async function reachNobody(page: Page, change: { connection: 'admitted' | 'offline'; sharesWhenOn?: boolean }) {
  await openScene(page, 'home')
  await page.evaluate(({ connection, sharesWhenOn }) => {
    const peer = window.harness?.peer
    if (!peer) return
    const { machines, models, settings } = peer.state
    peer.change('models', { ...models, local: [] })
    peer.change('settings', { ...settings, chatModel: null })
    peer.change(
      'machines',
      machines
        .filter(({ isSelf, ownerName }) => !isSelf && ownerName === 'jonas')
        .map((machine) => ({
          ...machine,
          connection,
          isSharing: false,
          models: [],
          ...(sharesWhenOn === undefined ? {} : { sharesWhenOn }),
        })),
    )
  }, change)
}

test('an empty chat says that nobody is online, and whom to wait for', async ({ page }) => {
  await reachNobody(page, { connection: 'offline', sharesWhenOn: true })
  await expect(page.getByRole('heading', { name: 'Nobody in Garden Street is online right now' })).toBeVisible()
  await expect(page.getByText('Ask again when the computer of jonas is on.')).toBeVisible()
})

test('an empty chat says that nobody shares, and whom to ask', async ({ page }) => {
  await reachNobody(page, { connection: 'admitted' })
  await expect(page.getByRole('heading', { name: 'Nobody in Garden Street shares a model right now' })).toBeVisible()
  await expect(page.getByText('Online, but not sharing: jonas.')).toBeVisible()
})

test('an empty chat of somebody in no pool says where models come from', async ({ page }) => {
  await openScene(page, 'home')
  await page.evaluate(() => {
    const peer = window.harness?.peer
    if (!peer) return
    const { pools, models, settings } = peer.state
    peer.change('models', { ...models, local: [] })
    peer.change('settings', { ...settings, chatModel: null })
    peer.change('machines', [])
    peer.change(
      'pools',
      pools.filter(({ kind }) => kind === 'devices'),
    )
  })
  await expect(page.getByRole('heading', { name: 'There is no model to ask yet' })).toBeVisible()
})

test('an answer without a word says so, and can be asked again', async ({ page }) => {
  await openScene(page, 'home')
  await page.evaluate(() => {
    Object.assign(window.harness?.script ?? {}, { text: '' })
  })
  await page.getByLabel('Your question').fill('Why?')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('log')).toContainText('The model gave an empty answer.')
  await expect(page.getByRole('button', { name: 'Ask again' })).toBeVisible()
})
