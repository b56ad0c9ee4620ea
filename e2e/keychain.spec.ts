import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test as base } from './harness/fixtures.ts'
import { password, type Install } from './harness/install.ts'
import { desktopEnvironment, Keyring } from './harness/keyring.ts'

const otherPassword = 'another horse battery staple'

const test = base.extend<{ keyring: Keyring }>({
  keyring: async ({}, use) => {
    const keyring = await Keyring.start()
    await use(keyring)
    await keyring.stop()
  },
})

const toggle = (page: Page, name: string) => page.getByRole('switch', { name })
const openWithout = (page: Page) => page.getByRole('button', { name: 'Open without the password' })

/** Answers a dialogue of the Account page, which asks for the password. */
async function confirm(page: Page, action: string, secret = password): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Password', { exact: true }).fill(secret)
  await dialog.getByRole('button', { name: action }).click()
  await expect(dialog).toBeHidden()
}

async function logOut({ page }: Install): Promise<void> {
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
}

async function expectSignedIn(install: Install): Promise<void> {
  await expect.poll(async () => (await install.state()).account.current?.username).toBe(install.options.username)
}

/** Nobody is signed in, and the computer goes on sharing. */
async function expectSharing(install: Install): Promise<void> {
  await expect.poll(async () => (await install.state()).account.sharingAs?.username).toBe(install.options.username)
  expect((await install.state()).account.current).toBeNull()
}

/** What lies in the folder of the one account of an install. */
async function accountFolder({ directory }: Install): Promise<string> {
  const accounts = join(directory, 'profile', 'accounts')
  const [folder] = await readdir(accounts)
  return join(accounts, folder ?? '')
}

interface ServiceFile {
  readonly protection: string
  readonly key: string
}

async function serviceFile(install: Install): Promise<ServiceFile> {
  return JSON.parse(await readFile(join(await accountFolder(install), 'service.json'), 'utf8')) as ServiceFile
}

test.describe('an account page', () => {
  test('without a keyring says so, offers no remembering, and tells that the key of sharing lies in a file', async ({
    launch,
  }) => {
    const install = await launch('ada', { env: desktopEnvironment(null) })
    const { page } = install
    await install.signUp()
    await install.skipFirstRun()
    await install.open('Account')
    await expect(page.getByText('This computer has no real keychain running, only a fixed password')).toBeVisible()
    await expect(toggle(page, 'Open without the password')).toBeHidden()
    expect(await install.call('account.setRemembered', { password, isRemembered: true })).toMatchObject({
      ok: false,
      error: { code: 'keychain_unavailable' },
    })
    expect(await readdir(await accountFolder(install))).not.toContain('remembered.json')

    await expect(page.getByText('There is no keychain here, so the key lies in a file')).toBeVisible()
    await toggle(page, 'Keep sharing when I am logged out').click()
    await confirm(page, 'Keep sharing')
    await expect(toggle(page, 'Keep sharing when I am logged out')).toBeChecked()
    expect((await serviceFile(install)).protection).toBe('file')
    expect((await stat(join(await accountFolder(install), 'service.json'))).mode & 0o777).toBe(0o600)

    await logOut(install)
    await expect(openWithout(page)).toBeHidden()
    await expectSharing(install)
  })

  test('on a desktop whose keyring does not run says so as well', async ({ launch }) => {
    const install = await launch('ada', { env: desktopEnvironment('unix:path=/nonexistent') })
    await install.signUp()
    await install.skipFirstRun()
    await install.open('Account')
    await expect(install.page.getByText('This computer offers no keychain.')).toBeVisible()
    expect(await install.call('account.setRemembered', { password, isRemembered: true })).toMatchObject({
      ok: false,
      error: { code: 'keychain_unavailable' },
    })
  })

  test('with a keyring lets it open the account, across a restart and a new password, until it is switched off', async ({
    launch,
    keyring,
  }) => {
    const env = desktopEnvironment(keyring.busAddress)
    const first = await launch('ada', { env })
    await first.signUp()
    await first.skipFirstRun()
    expect(await first.app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe(
      'gnome_libsecret',
    )
    await first.open('Account')
    await toggle(first.page, 'Open without the password').click()
    await confirm(first.page, 'Remember on this computer')
    await expect(toggle(first.page, 'Open without the password')).toBeChecked()
    await expect(first.page.getByText('The keychain keeps a key')).toBeVisible()
    await toggle(first.page, 'Keep sharing when I am logged out').click()
    await confirm(first.page, 'Keep sharing')
    expect((await serviceFile(first)).protection).toBe('keychain')
    await first.close()

    // Another start of the same install finds both in the keyring.
    const again = await launch('ada', { env, directory: first.directory })
    const { page } = again
    await expect(openWithout(page)).toBeVisible()
    await expectSharing(again)
    await openWithout(page).click()
    await expectSignedIn(again)

    const remembered = join(await accountFolder(again), 'remembered.json')
    const before = await readFile(remembered, 'utf8')
    await again.open('Account')
    await page.getByRole('button', { name: 'Change password' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Current password', { exact: true }).fill(password)
    await dialog.getByLabel('New password', { exact: true }).fill(otherPassword)
    await dialog.getByRole('button', { name: 'Change password' }).click()
    await expect(dialog).toBeHidden()
    expect(await readFile(remembered, 'utf8')).not.toBe(before)
    await logOut(again)
    await openWithout(page).click()
    await expectSignedIn(again)

    await again.open('Account')
    await toggle(page, 'Open without the password').click()
    await confirm(page, 'Forget on this computer', otherPassword)
    await expect(toggle(page, 'Open without the password')).not.toBeChecked()
    expect(await readdir(await accountFolder(again))).not.toContain('remembered.json')
    await logOut(again)
    await expect(openWithout(page)).toBeHidden()
    await expectSharing(again)
    expect((await serviceFile(again)).protection).toBe('keychain')
  })

  test('started without the keyring that keeps its keys asks for the password, and puts no key into a file', async ({
    launch,
    keyring,
  }) => {
    const env = desktopEnvironment(keyring.busAddress)
    const first = await launch('ada', { env })
    await first.signUp()
    await first.call('account.setRemembered', { password, isRemembered: true })
    await first.call('account.setKeepSharing', { password, isEnabled: true })
    await first.close()
    const kept = await serviceFile(first)
    expect(kept.protection).toBe('keychain')

    const without = await launch('ada', { env: desktopEnvironment(null), directory: first.directory })
    await openWithout(without.page).click()
    await expect(without.page.getByText('This computer has no keychain that Kith can use.')).toBeVisible()
    await without.signIn()
    await expectSignedIn(without)
    await without.skipFirstRun()
    await without.open('Account')
    await expect(toggle(without.page, 'Keep sharing when I am logged out')).not.toBeChecked()
    // The call answers once the service runs, where there is one.
    expect(await without.call('account.logOut', {})).toMatchObject({ ok: true })
    expect((await without.state()).account).toMatchObject({ current: null, sharingAs: null })
    await without.close()
    expect(await serviceFile(without)).toEqual(kept)

    // Where the keyring is, both work again.
    const back = await launch('ada', { env, directory: first.directory })
    await expectSharing(back)
    await openWithout(back.page).click()
    await expectSignedIn(back)
  })
})
