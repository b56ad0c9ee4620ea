import type { HttpSession } from '../node/http/schemas.ts'
import { tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import { expect, test } from './harness/fixtures.ts'
import { password, type Install } from './harness/install.ts'
import { joinedPair } from './harness/pair.ts'

const newPassword = 'another horse, another staple'

async function signInWith(install: Install, secret: string): Promise<void> {
  await install.page.getByLabel('Password', { exact: true }).fill(secret)
  await install.page.getByRole('button', { name: 'Sign in' }).click()
}

async function isSignedIn(install: Install): Promise<boolean> {
  return (await install.state()).account.current !== null
}

async function logOut(install: Install): Promise<void> {
  await install.open('Account')
  await install.page.getByRole('button', { name: 'Log out' }).click()
  await expect(install.page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
}

/** Switches sharing while logged out, and gives the password that is asked for. */
async function keepSharing(install: Install, isOn: boolean): Promise<void> {
  const { page } = install
  await install.open('Account')
  const toggle = page.getByRole('switch', { name: 'Keep sharing when I am logged out' })
  await expect(toggle).toHaveAttribute('aria-checked', String(!isOn))
  await toggle.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Password', { exact: true }).fill(password)
  await dialog.getByRole('button', { name: isOn ? 'Keep sharing' : 'Stop', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(toggle).toHaveAttribute('aria-checked', String(isOn))
}

/** A new question is answered by the other machine. */
async function isAnswered(install: Install, question: string): Promise<void> {
  await install.open('Chat')
  await install.untilShared('Friends')
  await install.ask(question)
  const answer = install.transcript.getByRole('article').last()
  await expect(answer).toContainText(tinySentence)
  await expect(answer).toContainText('Answered by')
}

/** A program logs in to the account that is open here. */
async function openSession(apiUrl: string, username: string): Promise<string> {
  const opened = await fetch(`${apiUrl}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  expect(opened.status).toBe(201)
  return ((await opened.json()) as HttpSession).token
}

function renewSession(apiUrl: string, token: string): Promise<Response> {
  return fetch(`${apiUrl}/sessions/renew`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
}

test.describe('an account', () => {
  test('opens with its new password and no longer with the old one, after a restart too', async ({ launch }) => {
    const a = await launch('ada')
    await a.signUp()
    await a.skipFirstRun()
    await a.open('Account')
    await a.page.getByRole('button', { name: 'Change password' }).click()
    const dialog = a.page.getByRole('dialog')
    await dialog.getByLabel('Current password').fill('not my password')
    await dialog.getByLabel('New password').fill(newPassword)
    await dialog.getByRole('button', { name: 'Change password' }).click()
    await expect(dialog.getByText('That password does not open this account')).toBeVisible()
    await dialog.getByLabel('Current password').fill(password)
    await dialog.getByRole('button', { name: 'Change password' }).click()
    await expect(a.page.getByText('The password was changed.').first()).toBeVisible()
    // The window that changed it goes on.
    await a.open('Settings')
    await expect(a.page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()

    await logOut(a)
    await signInWith(a, password)
    await expect(a.page.getByText('That password does not open this account')).toBeVisible()
    await a.close()
    const again = await launch('ada', { directory: a.directory })
    await signInWith(again, password)
    await expect(again.page.getByText('That password does not open this account')).toBeVisible()
    expect(await isSignedIn(again)).toBe(false)
    await signInWith(again, newPassword)
    await expect.poll(() => isSignedIn(again)).toBe(true)
  })

  test('has a second computer by a code, until that is unlinked and signed out for good', async ({ launch }) => {
    test.setTimeout(240_000)
    const a = await launch('ada')
    await a.signUp()
    await a.skipFirstRun()
    await a.startPool('Friends')
    const code = await a.startLinking()
    const second = await launch('ada')
    await second.linkWith(code)
    await second.skipFirstRun()
    await expect(a.page.getByText('The code was used or has ended.')).toBeVisible()
    await a.page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    for (const install of [a, second]) {
      await install.open('Account')
      const devices = install.page.getByRole('list', { name: 'Your computers' }).getByRole('listitem')
      await expect(devices).toHaveCount(2)
      await expect(devices.filter({ hasText: 'This computer' })).toHaveCount(1)
      await expect(devices.filter({ hasText: 'Connected' })).toHaveCount(1)
    }
    await expect(
      second.page.getByText('The recovery phrase is on the computer where you made the account.'),
    ).toBeVisible()
    // The pool came along with the account.
    await expect.poll(async () => (await second.state()).pools.map(({ name }) => name)).toContain('Friends')

    const name = (await second.state()).account.current?.deviceName ?? ''
    await a.page
      .getByRole('list', { name: 'Your computers' })
      .getByRole('button', { name: `Unlink ${name}` })
      .click()
    const dialog = a.page.getByRole('dialog')
    await dialog.getByLabel('Password', { exact: true }).fill(password)
    await dialog.getByRole('button', { name: `Unlink ${name}` }).click()
    await expect(a.page.getByText('was unlinked').first()).toBeVisible()
    await expect(a.page.getByRole('list', { name: 'Your computers' }).getByRole('listitem')).toHaveCount(1)

    const sentence = 'This computer was unlinked from the account.'
    await expect(second.page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
    await expect(second.page.getByText(sentence).first()).toBeVisible()
    await second.close()
    const again = await launch('ada', { directory: second.directory })
    await again.signIn()
    await expect(again.page.getByRole('main').getByText(sentence)).toBeVisible()
    expect(await isSignedIn(again)).toBe(false)

    // A new code makes it a device of the account again, under a key of its own.
    const anew = await a.startLinking()
    await again.linkWith(anew)
    await expect.poll(async () => (await a.state()).account.current?.devices.length).toBe(2)
  })

  test('shows what is logged in, ends it, and says honestly that there is no keychain', async ({ launch }) => {
    const a = await launch('ada')
    await a.signUp()
    await a.skipFirstRun()
    await a.open('Account')
    const sessions = a.page.getByRole('list', { name: 'Logged in on this computer' }).getByRole('listitem')
    await expect(sessions).toHaveCount(1)
    await expect(sessions).toContainText('This window')

    const token = await openSession(await a.apiUrl(), 'ada')
    await expect(sessions).toHaveCount(2)
    const program = sessions.filter({ hasText: 'A program' })
    await program.getByRole('button', { name: /^End the session of A program/ }).click()
    await expect(sessions).toHaveCount(1)
    expect((await renewSession(await a.apiUrl(), token)).status).toBe(401)

    await expect(a.page.getByText('Open without the password')).toBeVisible()
    await expect(a.page.getByText('only a fixed password that other programs could guess')).toBeVisible()
    await expect(a.page.getByRole('switch', { name: 'Open without the password' })).toHaveCount(0)
  })
})

test.describe('sharing while nobody is signed in', () => {
  test('goes on after logging out and after a restart, until it is switched off', async ({ launch, tinyModel }) => {
    test.setTimeout(240_000)
    const { a, b } = await joinedPair(launch, tinyModel.short)
    await keepSharing(a, true)
    await logOut(a)
    await expect(a.page.getByText('goes on sharing as ada')).toBeVisible()
    await isAnswered(b, 'Are you still there?')

    await a.close()
    const again = await launch('ada', { directory: a.directory })
    await expect(again.page.getByText('goes on sharing as ada')).toBeVisible()
    expect(await isSignedIn(again)).toBe(false)
    await isAnswered(b, 'And now?')

    await again.signIn()
    await keepSharing(again, false)
    await logOut(again)
    await expect(again.page.getByText('goes on sharing')).toBeHidden()
    await b.open('Chat')
    await expect
      .poll(async () => (await b.state()).machines.some(({ isSelf, isSharing }) => !isSelf && isSharing))
      .toBe(false)
    const restarted = await restart(again, launch)
    expect((await restarted.state()).account.sharingAs).toBeNull()
  })
})

async function restart(
  install: Install,
  launch: (username: string, options: { directory: string }) => Promise<Install>,
): Promise<Install> {
  await install.close()
  return launch('ada', { directory: install.directory })
}
