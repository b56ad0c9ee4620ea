import { expect, test, type Locator, type Page } from './page-test.ts'
import { fakePassword } from './fake-peer/teach-accounts.ts'
import { asked, goTo, openScene } from './open-scene.ts'
import type { SceneName } from './scenes.ts'

async function startPool(page: Page): Promise<void> {
  await goTo(page, 'Pools')
  await page.getByRole('button', { name: 'New pool' }).click()
  await expect(page.getByLabel('Name of the pool')).toBeFocused()
}

/** Expects a mistake beside each of these fields and no other, and the focus in the first. */
async function expectMistakes(form: Page | Locator, expected: Readonly<Record<string, string>>): Promise<void> {
  const labels = Object.keys(expected)
  await expect(form.locator('[aria-invalid="true"]')).toHaveCount(labels.length)
  for (const [label, words] of Object.entries(expected)) {
    const field = form.getByLabel(label, { exact: true })
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(new RegExp(words))
  }
  if (labels[0] !== undefined) await expect(form.getByLabel(labels[0], { exact: true })).toBeFocused()
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

test('a password that many people use is called easy to guess', async ({ page }) => {
  const isQuiet = await openScene(page, 'fresh')
  const hint = page.getByRole('status').filter({ hasText: 'Password strength' })
  await expect(hint).toHaveCount(0)
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
  await save.click()
  await expect(dialog.getByLabel('Your account’s password')).toBeFocused()
  await dialog.getByLabel('Your account’s password').fill('not mine')
  await save.click()
  await expectMistakes(dialog, { 'Your account’s password': 'does not open this account' })
  expect(await asked(page, 'host.saveText')).toEqual([])
  await dialog.getByLabel('Your account’s password').fill(fakePassword)
  await save.click()
  await expect(dialog).toBeHidden()
  const inputs = await asked(page, 'pool.backUp')
  expect(inputs[1]).toMatchObject({ password: fakePassword, backupPassword: 'tulips at dawn' })
  isQuiet()
})

interface FormCase {
  readonly name: string
  readonly scene: SceneName
  readonly reach: (page: Page) => Promise<void>
  /** The button that sends; null sends with Enter. */
  readonly action: string | null
  readonly mistakes: Readonly<Record<string, string>>
  /** What is not asked of the peer while there are mistakes. */
  readonly call: string
}

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()

const formCases: readonly FormCase[] = [
  {
    name: 'sign-up: three mistakes in its two fields',
    scene: 'fresh',
    reach: async (page) => {
      await page.getByLabel('User name').fill('?x')
      await page.getByLabel('Password', { exact: true }).fill('short')
    },
    action: 'Create account',
    mistakes: {
      'User name': 'Use only letters, .+ Begin with a letter',
      Password: 'Use 8 characters or more. These are 5.',
    },
    call: 'account.signUp',
  },
  {
    name: 'restoring',
    scene: 'signedOut',
    reach: async (page) => {
      await press(page, 'Use a recovery phrase')
      await page.getByLabel('The 12 words, in order').fill('one two three')
    },
    action: 'Restore account',
    mistakes: {
      'The 12 words, in order': 'A phrase has 12 words. These are 3.',
      'User name': 'Fill this in.',
      'New password': 'Fill this in.',
    },
    call: 'account.restore',
  },
  {
    name: 'the code of linking',
    scene: 'signedOut',
    reach: async (page) => {
      await press(page, 'Link this computer to my account')
      await page.getByLabel('Name of this computer').fill('c'.repeat(81))
    },
    action: 'Link this computer',
    mistakes: {
      'Code from the other computer': 'Fill this in.',
      'Name of this computer': 'Use 80 characters at most. These are 81.',
      'Password for this computer': 'Fill this in.',
    },
    call: 'account.linkDevice',
  },
  {
    name: 'signing in',
    scene: 'signedOut',
    reach: () => Promise.resolve(),
    action: 'Sign in',
    mistakes: { Password: 'Fill this in.' },
    call: 'account.unlock',
  },
  {
    name: 'a key, its limits and its models',
    scene: 'keyed',
    reach: async (page) => {
      await goTo(page, 'Keys')
      await press(page, 'New key')
      await page.getByLabel('Name', { exact: true }).fill('k'.repeat(61))
      await page.getByRole('radio', { name: 'Only some' }).click()
      await page.getByRole('spinbutton', { name: 'Questions a minute' }).fill('0')
    },
    action: 'Make key',
    mistakes: {
      Name: 'Use 60 characters at most. These are 61.',
      'Models it may ask': 'Tick at least one model',
      'Questions a minute': 'Enter a whole number from 1',
    },
    call: 'key.create',
  },
  {
    name: 'a pool',
    scene: 'home',
    reach: async (page) => {
      await startPool(page)
      await page.keyboard.type('p'.repeat(41))
    },
    action: 'Start pool',
    mistakes: { 'Name of the pool': 'Use 40 characters at most. These are 41.' },
    call: 'pool.create',
  },
  {
    name: 'an invite that is joined',
    scene: 'home',
    reach: async (page) => {
      await goTo(page, 'Pools')
      await press(page, 'Join with an invite')
    },
    action: null,
    mistakes: { 'Invite link': 'Fill this in.' },
    call: 'pool.inspectInvite',
  },
  {
    name: 'a server',
    scene: 'home',
    reach: (page) => goTo(page, 'Models'),
    action: 'Add server',
    mistakes: { 'Address of the server': 'Fill this in.' },
    call: 'engine.addServer',
  },
  {
    name: 'the name of this computer',
    scene: 'home',
    reach: async (page) => {
      await goTo(page, 'Settings')
      await page.getByLabel('Name of this computer').fill('c'.repeat(120))
    },
    action: 'Save name',
    mistakes: { 'Name of this computer': 'Use 80 characters at most. These are 120.' },
    call: 'settings.update',
  },
]

for (const { name, scene, reach, action, mistakes, call } of formCases) {
  test(`all mistakes stand beside their fields at once: ${name}`, async ({ page }) => {
    const isQuiet = await openScene(page, scene)
    await reach(page)
    const before = await asked(page, call)
    if (action === null) await page.keyboard.press('Enter')
    else await press(page, action)
    const dialog = page.getByRole('dialog')
    await expectMistakes((await dialog.count()) > 0 ? dialog : page, mistakes)
    expect(await asked(page, call)).toEqual(before)
    isQuiet()
  })
}

test('a mistake goes as soon as it is put right, and what the peer refuses stands beside its field', async ({
  page,
}) => {
  const isQuiet = await openScene(page, 'fresh')
  await press(page, 'Create account')
  await expectMistakes(page, { 'User name': 'Fill this in.', Password: 'Fill this in.' })
  await page.getByLabel('User name').fill('mira')
  await page.getByLabel('Password', { exact: true }).fill('nine keys')
  await expectMistakes(page, {})
  // The peer of this test wants ten characters.
  await press(page, 'Create account')
  await expectMistakes(page, { Password: 'at least 10' })
  isQuiet()
})

test('restoring asks whether the other computers are lost, and takes it that they are not', async ({ page }) => {
  const isQuiet = await openScene(page, 'signedOut')
  await press(page, 'Use a recovery phrase')
  await page.getByLabel('The 12 words, in order').fill('one two three four five six seven eight nine ten eleven twelve')
  await page.getByLabel('User name').fill('mira')
  await page.getByLabel('New password').fill('lentils and spinach')
  const question = page.getByRole('radiogroup', { name: 'Are your other computers lost or stolen?' })
  await expect(question).toHaveAccessibleDescription(/They go on as before/)
  await press(page, 'Restore account')
  // Not the phrase of this account, which is said beside it.
  await expect(page.getByLabel('The 12 words, in order')).toBeFocused()
  await question.getByRole('radio', { name: 'Yes, lost or stolen' }).click()
  await expect(question).toHaveAccessibleDescription(/signed out and unlinked/)
  await press(page, 'Restore account')
  await expect
    .poll(() => asked(page, 'account.restore'))
    .toMatchObject([{ areOthersLost: false }, { areOthersLost: true }])
  isQuiet()
})

test('a field that is given too much keeps all of it, says by how much, and sends nothing', async ({ page }) => {
  await openScene(page, 'home')
  await page.getByRole('button', { name: 'More for Lentils and spinach' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  const field = page.getByLabel('Name of the chat')
  for (const [length, name] of [
    [500, 'Use 120 characters at most. These are 500.'],
    [121, 'Use 120 characters at most. These are 121.'],
  ] as const) {
    await field.fill('')
    await page.keyboard.insertText('x'.repeat(length))
    await page.keyboard.press('Enter')
    await expect(field).toHaveAccessibleDescription(new RegExp(name))
    await page.getByRole('button', { name: 'Save name' }).click()
    await expect(field).toBeFocused()
    expect((await field.inputValue()).length).toBe(length)
  }
  expect(await asked(page, 'chat.rename')).toEqual([])
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await asked(page, 'chat.rename')).toMatchObject([{ title: 'x'.repeat(120) }])
})
