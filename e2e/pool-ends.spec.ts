import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answerOpenDialog, answerSaveDialog } from './harness/file-dialogs.ts'
import { expect, test } from './harness/fixtures.ts'
import { password, type Install } from './harness/install.ts'
import { choosePoolAction, openPool, person } from './harness/people.ts'

async function signedUp(launch: (username: string) => Promise<Install>, username: string): Promise<Install> {
  const install = await launch(username)
  await install.signUp()
  await install.skipFirstRun()
  return install
}

/** Ada owns "Friends" and has its page open; Bob is a member. */
async function ownerAndMember(launch: (username: string) => Promise<Install>): Promise<{ a: Install; b: Install }> {
  const a = await signedUp(launch, 'ada')
  const b = await signedUp(launch, 'bob')
  await b.joinPool(await a.startPool('Friends'))
  await openPool(a, 'Friends')
  await expect(person(a, 'bob')).toContainText('Member')
  return { a, b }
}

function poolButton(install: Install, name: string) {
  return install.page.getByRole('navigation', { name: 'Your pools' }).getByRole('button', { name })
}

test('an owner hands a pool over, goes on as a member and leaves; the new one invites', async ({ launch }) => {
  test.setTimeout(240_000)
  const { a, b } = await ownerAndMember(launch)

  await choosePoolAction(a, 'Friends', 'Hand over…')
  const dialog = a.page.getByRole('dialog')
  await expect(dialog).toContainText('bob becomes the owner')
  await dialog.getByLabel('Your account’s password').fill('a wrong password')
  await dialog.getByRole('button', { name: 'Hand the pool over' }).click()
  await expect(dialog.getByRole('alert').filter({ hasText: 'password' })).toBeVisible()
  await dialog.getByLabel('Your account’s password').fill(password)
  await dialog.getByRole('button', { name: 'Hand the pool over' }).click()
  await expect(a.page.getByText('bob owns “Friends” now.').first()).toBeVisible()
  await expect(a.page.getByText('You are a member', { exact: true })).toBeVisible()
  await openPool(b, 'Friends')
  await expect(b.page.getByText('You run this pool')).toBeVisible()
  await expect(person(b, 'ada')).toContainText('Member')

  await choosePoolAction(a, 'Friends', 'Leave the pool…')
  await a.page.getByRole('dialog').getByRole('button', { name: 'Leave this pool' }).click()
  await expect(poolButton(a, 'Friends')).toHaveCount(0)
  await expect(person(b, 'ada')).toHaveCount(0)
  await b.page.getByRole('button', { name: 'Invite somebody' }).click()
  await b.page.getByRole('button', { name: 'Make invite link' }).click()
  const link = await b.page.getByRole('textbox', { name: 'Invite link' }).inputValue()
  await b.page.getByRole('button', { name: 'Done' }).click()
  await a.joinPool(link)
  await openPool(a, 'Friends')
  await expect(person(a, 'bob')).toContainText('Owner')
})

test('a pool is dissolved, and a member who was off meanwhile reads by whom', async ({ launch }) => {
  test.setTimeout(240_000)
  const { a, b } = await ownerAndMember(launch)
  await b.createKey({ name: 'Editor', pool: 'Friends', requestsPerMinute: 5 })
  await b.close()

  await choosePoolAction(a, 'Friends', 'Dissolve…')
  const dialog = a.page.getByRole('dialog')
  await expect(dialog).toContainText('It ends for you and 1 other person, for good')
  await dialog.getByLabel('Your account’s password').fill(password)
  await dialog.getByRole('button', { name: 'Dissolve this pool' }).click()
  const said = 'ada has dissolved the pool "Friends"'
  await expect(a.page.getByRole('main')).toContainText(said)
  await expect(a.page.getByRole('button', { name: 'Invite somebody' })).toHaveCount(0)

  const back = await launch('bob', { directory: b.directory })
  await back.signIn()
  await openPool(back, 'Friends')
  await expect(back.page.getByRole('main')).toContainText(said)
  await back.open('Keys')
  await expect(back.page.getByRole('main')).toContainText(said)
  await openPool(back, 'Friends')
  await choosePoolAction(back, 'Friends', 'Take off the list…')
  await back.page.getByRole('dialog').getByRole('button', { name: 'Take off the list' }).click()
  await expect(poolButton(back, 'Friends')).toHaveCount(0)
})

test('somebody joins from the file an invite was saved as, which a browser shows too', async ({ launch }) => {
  test.setTimeout(180_000)
  const folder = await mkdtemp(join(tmpdir(), 'kith-invite-'))
  const file = join(folder, 'invite.html')
  try {
    const a = await signedUp(launch, 'ada')
    const b = await signedUp(launch, 'bob')
    await a.open('Pools')
    await a.page.getByRole('button', { name: 'New pool' }).first().click()
    await a.page.getByLabel('Name of the pool').fill('Friends')
    await a.page.getByRole('button', { name: 'Start pool' }).click()
    await a.page.getByRole('button', { name: 'Invite somebody' }).click()
    await a.page.getByRole('button', { name: 'Make invite link' }).click()
    await answerSaveDialog(a, file)
    await a.page.getByRole('button', { name: 'Save as a file…' }).click()
    await expect(a.page.getByText('The invite was saved.').first()).toBeVisible()
    const page = await readFile(file, 'utf8')
    expect(page).toContain('ada</bdi> invites you to <bdi>Friends')

    await b.open('Pools')
    await b.page.getByRole('button', { name: 'Join with an invite' }).first().click()
    await answerOpenDialog(b, file)
    await b.page.getByRole('button', { name: 'Choose a file…' }).click()
    await expect(b.page.getByRole('dialog', { name: 'ada invites you to “Friends”' })).toBeVisible()
    await b.page.getByRole('button', { name: 'Join this pool' }).click()
    await expect(b.page.getByText('You joined').first()).toBeVisible()
    await openPool(b, 'Friends')
    await expect(person(b, 'ada')).toContainText('Owner')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
