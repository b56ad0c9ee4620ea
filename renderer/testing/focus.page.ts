import { expect, test, type Locator, type Page } from './page-test.ts'
import { fakePassword } from './fake-peer/teach-accounts.ts'
import { fakeLink } from './fake-peer/teach-pools.ts'
import { goTo, openScene } from './open-scene.ts'

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true }).first()

/** Goes to a button and presses it, as the keyboard does. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  await button(page, name).focus()
  await page.keyboard.press('Enter')
}

async function pressInMenu(page: Page, menu: string, item: string): Promise<void> {
  await press(page, menu)
  await page.getByRole('menuitem', { name: item }).focus()
  await page.keyboard.press('Enter')
}

/** Opens something and closes it with Escape: the keyboard is where it was. */
async function expectReturn(page: Page, opener: string | RegExp, open: () => Promise<void>): Promise<void> {
  await open()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page.getByRole('dialog').locator(':focus')).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(button(page, opener)).toBeFocused()
}

test('each page begins at its heading, and a chat where one writes', async ({ page }) => {
  await openScene(page, 'home')
  await expect(page.getByLabel('Your question')).toBeFocused()
  const places = ['Share', 'Keys', 'Usage', 'Pools', 'Models', 'Settings'] as const
  for (const place of [...places, ...places.toReversed().slice(1)]) {
    await goTo(page, place)
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  }
  await press(page, 'Lentils and spinach')
  await expect(page.getByLabel('Your question')).toBeFocused()
  await press(page, 'mira: your account')
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  await press(page, 'New chat')
  await expect(page.getByLabel('Your question')).toBeFocused()
})

test('dialogs of pools give the keyboard back to what opened them', async ({ page }) => {
  await openScene(page, 'home')
  await goTo(page, 'Pools')
  for (const name of ['Join with an invite', 'New pool', 'New plan', 'Invite somebody']) {
    await expectReturn(page, name, () => press(page, name))
  }
  const pool = 'More for Garden Street'
  await expectReturn(page, pool, () => pressInMenu(page, pool, 'Rename'))
  await expectReturn(page, pool, () => pressInMenu(page, pool, 'Back up…'))
  await expectReturn(page, /^Withdraw/, () => press(page, /^Withdraw/))

  await press(page, 'Join with an invite')
  await page.keyboard.insertText(fakeLink)
  await page.keyboard.press('Enter')
  await expect(button(page, 'Join this pool')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(button(page, 'Join with an invite')).toBeFocused()

  await press(page, /^Garden Street/)
  await press(page, 'Invite somebody')
  await page.getByLabel('How many people may use it').press('Enter')
  await expect(page.getByRole('textbox', { name: 'Invite link' })).toBeVisible()
  await press(page, 'Done')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(button(page, 'Invite somebody')).toBeFocused()
})

test('a new key gives the keyboard back to its button, wherever that stands by then', async ({ page }) => {
  await openScene(page, 'home')
  await goTo(page, 'Keys')
  await expectReturn(page, 'New key', () => press(page, 'New key'))
  // The first key moves the button from the middle of the empty list to the top of the page.
  await press(page, 'New key')
  await page.keyboard.insertText('Kitchen tablet')
  await page.keyboard.press('Enter')
  await press(page, 'Copy key')
  await press(page, 'Done')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(button(page, 'New key')).toBeFocused()
  const key = 'More for Kitchen tablet'
  await expectReturn(page, key, () => pressInMenu(page, key, 'Change name and limits…'))
  await pressInMenu(page, key, 'Revoke…')
  await press(page, 'Revoke for good')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.locator('main :focus')).toHaveCount(1)
})

test('dialogs of the list of chats give the keyboard back, and a removed chat to the new one', async ({ page }) => {
  await openScene(page, 'home')
  const chat = 'Lentils and spinach'
  await press(page, chat)
  await expectReturn(page, `More for ${chat}`, () => pressInMenu(page, `More for ${chat}`, 'Rename'))
  await pressInMenu(page, `More for ${chat}`, 'Rename')
  await page.keyboard.insertText('Soup')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(button(page, /^More for .*Soup/)).toBeFocused()
  await pressInMenu(page, 'More for How does a heat pump work?', 'Remove')
  await press(page, 'Remove chat')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByLabel('Your question')).toBeFocused()
})

test('the drawer gives the keyboard back to its button, or to the page that was chosen there', async ({ page }) => {
  await page.setViewportSize({ width: 400, height: 700 })
  await openScene(page, 'home')
  await expectReturn(page, 'Open the menu', () => press(page, 'Open the menu'))
  for (const place of ['Models', 'Keys', 'Pools']) {
    await press(page, 'Open the menu')
    await page.getByRole('dialog').getByRole('button', { name: place, exact: true }).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  }
  await press(page, 'Open the menu')
  await page.getByRole('dialog').getByRole('button', { name: 'Lentils and spinach', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Your question')).toBeFocused()
})

test('a wrong password leaves the keyboard in the field it is typed in', async ({ page }) => {
  await openScene(page, 'signedOut')
  const password = page.getByLabel('Password', { exact: true })
  for (const send of [() => page.keyboard.press('Enter'), () => press(page, 'Sign in')]) {
    await password.fill('not mine at all')
    await send()
    await expect(page.getByRole('alert').filter({ hasText: 'password' })).toBeVisible()
    await expect(password).toBeFocused()
  }
  await password.fill(fakePassword)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Your question')).toBeFocused()
})

test('from sign-up to the first answer the keyboard goes from heading to heading', async ({ page }) => {
  await openScene(page, 'fresh')
  const heading = page.getByRole('heading', { level: 1 })
  await expect(page.getByLabel('User name')).toBeFocused()
  await page.keyboard.type('mira')
  await page.getByLabel('Password', { exact: true }).focus()
  await page.keyboard.type('lentils and spinach')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Recovery phrase' })).toBeVisible()
  await expect(heading).toBeFocused()
  await press(page, 'I have written it down')
  await expect(page.getByRole('list', { name: 'Recovery phrase' })).toHaveCount(0)
  await expect(heading).toBeFocused()
  await press(page, 'Continue')
  await expect(heading).toBeFocused()
  await page.evaluate(() => {
    const peer = window.harness?.peer
    const model = {
      name: 'Gemma',
      engine: 'embedded' as const,
      digest: '',
      sizeBytes: 1,
      contextTokens: 1,
      isLoaded: true,
    }
    peer?.change('models', { ...peer.state.models, local: [model] })
  })
  await press(page, 'Continue')
  await expect(heading).toBeFocused()
  await press(page, 'Ask')
  await expect(page.getByRole('log')).toContainText('Paris')
  await expect(heading).toBeFocused()
  await press(page, 'Go on in the chat')
  await expect(page.getByLabel('Your question')).toBeFocused()
  await press(page, 'mira: your account')
  await press(page, 'Log out')
  await expect(page.getByRole('main').locator(':focus')).toHaveCount(1)
})
