import { expect, test, type Page } from '@playwright/test'
import { fakePassword } from './fake-peer/teach-accounts.ts'
import { asked, goTo, openScene } from './open-scene.ts'

async function startPool(page: Page): Promise<void> {
  await goTo(page, 'Pools')
  await page.getByRole('button', { name: 'New pool' }).click()
  await expect(page.getByLabel('Name of the pool')).toBeFocused()
}

test('a dialog stays open while what it sent runs, sends it once, and says what went wrong', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await page.evaluate(() => {
    window.harness?.peer.on(
      'pool.create',
      () =>
        new Promise((resolve) => {
          document.addEventListener('fail-now', () => {
            const error = { code: 'storage_failed', message: 'Kith could not read its files.', details: {} } as const
            resolve({ ok: false, error })
          })
        }),
    )
  })
  await startPool(page)
  await page.keyboard.type('Book club')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeDisabled()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeVisible()
  await page.evaluate(() => document.dispatchEvent(new Event('fail-now')))
  await expect(dialog.getByRole('alert').filter({ hasText: 'Kith could not read its files.' })).toBeVisible()
  await expect(page.getByLabel('Name of the pool')).toHaveValue('Book club')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await asked(page, 'pool.create')).toHaveLength(1)
  isQuiet()
})

test('a form asks before a click beside it or Escape throws away what was typed', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  const question = page.getByRole('dialog', { name: 'Discard what you typed?' })
  const name = page.getByLabel('Name of the pool')
  await startPool(page)
  // Nothing was typed, and nothing that was is left.
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await startPool(page)
  await page.keyboard.type('B')
  await page.keyboard.press('Backspace')
  await page.mouse.click(4, 4)
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await startPool(page)
  await page.keyboard.type('Book club')
  for (const leave of [() => page.keyboard.press('Escape'), () => page.mouse.click(4, 4)]) {
    await leave()
    await expect(question).toBeVisible()
    await question.getByRole('button', { name: 'Cancel' }).click()
    await expect(question).toBeHidden()
    await expect(name).toHaveValue('Book club')
  }
  await page.keyboard.press('Escape')
  await question.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await startPool(page)
  await expect(name).toHaveValue('')
  isQuiet()
})

test('a mistake is named and takes the focus', async ({ page }) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Keys')
  await page.getByRole('button', { name: 'New key' }).click()
  const limit = page.getByRole('spinbutton', { name: 'Questions a minute' })
  await page.getByLabel('Name', { exact: true }).fill('Kitchen tablet')
  await limit.fill('0')
  await page.getByRole('button', { name: 'Make key' }).click()
  await expect(limit).toBeFocused()
  await expect(page.getByRole('dialog').getByRole('alert').filter({ hasText: 'limit' })).toBeVisible()
  expect(await asked(page, 'key.create')).toEqual([])
})

test('a password that many people use is called easy to guess', async ({ page }) => {
  const isQuiet = await openScene(page, 'fresh')
  const hint = page.getByRole('status').filter({ hasText: 'Password strength' })
  await expect(hint).toContainText('Nothing typed yet')
  await page.getByLabel('Password', { exact: true }).fill('P4ssw0rd123')
  await expect(hint).toContainText('Easy to guess')
  await page.getByLabel('Password', { exact: true }).fill('lentils and spinach soup')
  await expect(hint).toContainText('Strong')
  isQuiet()
})

test('a backup asks for the password of the account and one of its own, and is made with both', async ({ page }) => {
  const isQuiet = await openScene(page, 'home')
  await goTo(page, 'Pools')
  await page.getByRole('button', { name: 'More for Garden Street' }).click()
  await page.getByRole('menuitem', { name: 'Back up…' }).click()
  const dialog = page.getByRole('dialog')
  const save = dialog.getByRole('button', { name: 'Save the backup…' })
  await dialog.getByLabel('Password of the backup').fill('tulips at dawn')
  await expect(save).toBeDisabled()
  await dialog.getByLabel('Your account’s password').fill('not mine')
  await save.click()
  await expect(dialog.getByRole('alert').filter({ hasText: 'does not open this account' })).toBeVisible()
  expect(await asked(page, 'host.saveText')).toEqual([])
  await dialog.getByLabel('Your account’s password').fill(fakePassword)
  await save.click()
  await expect(dialog).toBeHidden()
  const inputs = await asked(page, 'pool.backUp')
  expect(inputs[1]).toMatchObject({ password: fakePassword, backupPassword: 'tulips at dawn' })
  isQuiet()
})
