import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tinySentence } from '../resources/scripts/real/tiny-gguf.mjs'
import { answerOpenDialog, answerSaveDialog } from './harness/file-dialogs.ts'
import { expect, test } from './harness/fixtures.ts'
import { Headless } from './harness/headless.ts'
import { password as accountPassword, type Install } from './harness/install.ts'
import { minuteWith } from './harness/minutes.ts'
import { chooseFor, choosePoolAction, invite, judge, openPool, person, poolNamed } from './harness/people.ts'

async function rename(install: Install, pool: string, name: string): Promise<void> {
  await choosePoolAction(install, pool, 'Rename')
  const dialog = install.page.getByRole('dialog')
  await dialog.getByLabel('Name of the pool').fill(name)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(install.page.getByRole('heading', { name, level: 2 })).toBeVisible()
}

async function makePlan(install: Install, name: string, requestsPerMinute: number): Promise<void> {
  const { page } = install
  await page.getByRole('button', { name: 'New plan' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the plan').fill(name)
  await dialog.getByLabel('Questions a minute').fill(String(requestsPerMinute))
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('list', { name: 'Plans' }).getByRole('listitem').filter({ hasText: name })).toBeVisible()
}

async function readEpoch(install: Install, pool: string): Promise<number> {
  return (await poolNamed(install, pool))?.readEpoch ?? 0
}

/** Restores a pool from what the open dialogue is answered with. */
async function restorePool(install: Install, backup: string, password: string): Promise<void> {
  const { page } = install
  await answerOpenDialog(install, backup)
  await install.open('Pools')
  await page.getByRole('button', { name: 'Restore a pool from its backup…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Choose the backup…' }).click()
  await expect(dialog.getByText('The file was read.')).toBeVisible()
  await dialog.getByLabel('Password of the backup').fill(password)
  await dialog.getByRole('button', { name: 'Restore the pool' }).click()
}

async function backUpPool(install: Install, pool: string, path: string, password: string): Promise<void> {
  await answerSaveDialog(install, path)
  await choosePoolAction(install, pool, 'Back up')
  const dialog = install.page.getByRole('dialog')
  await dialog.getByLabel('Your account’s password').fill(accountPassword)
  await dialog.getByLabel('Password of the backup').fill(password)
  await dialog.getByRole('button', { name: 'Save the backup…' }).click()
  await expect(install.page.getByText(`The backup of “${pool}” was saved.`).first()).toBeVisible()
}

test.describe('a pool with plans and admins', () => {
  test('holds a member to the plan of the invite, says what is left, and is renamed for everybody', async ({
    launch,
    tinyModel,
  }) => {
    test.setTimeout(240_000)
    const a = await launch('ada')
    await a.signUp()
    await a.skipFirstRun()
    await a.importModel(tinyModel.short)
    await a.startPool('Friends')
    await a.share(true)
    await openPool(a, 'Friends')
    await makePlan(a, 'Careful', 1)
    const link = await invite(a, { plan: 'Careful' })
    const b = await launch('bob')
    await b.signUp()
    await b.skipFirstRun()
    await b.joinPool(link)
    await expect(person(a, 'bob')).toContainText('Member · plan “Careful”')
    await b.untilShared('Friends')
    await b.open('Chat')
    await b.choosePool('Friends')
    await b.chooseModel('Kith tiny')

    await minuteWith(30_000)
    await b.ask('What do you say?')
    await expect(b.transcript).toContainText(tinySentence)
    await openPool(b, 'Friends')
    await expect(b.page.getByText('You are on the plan “Careful”.')).toBeVisible()
    await expect(b.page.getByText('1 of 1 questions this minute')).toBeVisible()
    await expect(b.page.getByText(/^used up · Resets/)).toBeVisible()
    await b.open('Chat')
    await b.ask('And once more?')
    await expect(b.transcript.getByRole('article').last()).toContainText('The limit of 1 question a minute is reached')

    await rename(a, 'Friends', 'Old friends')
    await openPool(b, 'Old friends')
    await expect(b.page.getByRole('heading', { name: 'Old friends', level: 2 })).toBeVisible()
  })

  test('is moderated by an admin while its owner is away, whose computer honours that afterwards', async ({
    launch,
    network,
  }) => {
    test.setTimeout(240_000)
    const carol = await Headless.make('carol', network)
    try {
      const a = await launch('ada')
      await a.signUp()
      await a.skipFirstRun()
      const link = await a.startPool('Friends', 2)
      const b = await launch('bob')
      await b.signUp()
      await b.skipFirstRun()
      await b.joinPool(link)
      await carol.serve('carol')
      await carol.command('pool', 'join', link)
      const standing = async (): Promise<string | undefined> =>
        (await carol.state()).pools.find(({ name }) => name === 'Friends')?.state
      await expect.poll(standing).toBe('active')

      await openPool(a, 'Friends')
      await chooseFor(a, 'bob', 'Change role or plan')
      const dialog = a.page.getByRole('dialog')
      await dialog.getByLabel('Role').selectOption('admin')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await expect(person(a, 'bob')).toContainText('Admin')
      await openPool(b, 'Friends')
      await expect(b.page.getByText('You help to run this pool')).toBeVisible()
      // Admins make invites and plans, which the owner's computer writes down.
      await makePlan(b, 'Evening', 5)
      await invite(b, { plan: 'Evening' })

      await a.close()
      await expect(b.page.getByText('it is off right now')).toBeVisible()
      await judge(b, 'carol', 'Suspend')
      await expect(person(b, 'carol')).toContainText('Suspended')
      await expect.poll(standing).toBe('suspended')

      const again = await launch('ada', { directory: a.directory })
      await again.signIn()
      await openPool(again, 'Friends')
      await expect(person(again, 'carol')).toContainText('Suspended')
      await expect(person(again, 'bob')).toContainText('Admin')

      const before = await readEpoch(again, 'Friends')
      await judge(again, 'carol', 'Remove')
      await expect(person(again, 'carol')).toHaveCount(0)
      await expect(person(b, 'carol')).toHaveCount(0)
      await expect.poll(() => readEpoch(again, 'Friends')).toBeGreaterThan(before)
      await expect.poll(() => readEpoch(b, 'Friends')).toBe(await readEpoch(again, 'Friends'))
    } finally {
      await carol.remove()
    }
  })

  test('tells somebody who was removed, lets them back in by a new invite, and lets them leave', async ({ launch }) => {
    test.setTimeout(240_000)
    const a = await launch('ada')
    await a.signUp()
    await a.skipFirstRun()
    const link = await a.startPool('Friends')
    const b = await launch('bob')
    await b.signUp()
    await b.skipFirstRun()
    await b.joinPool(link)
    await openPool(b, 'Friends')
    await expect.poll(async () => (await poolNamed(b, 'Friends'))?.state).toBe('active')
    await openPool(a, 'Friends')
    const before = await readEpoch(a, 'Friends')
    await judge(a, 'bob', 'Remove')
    await expect(a.page.getByText('bob was removed from the pool.').first()).toBeVisible()
    await expect(
      b.page
        .getByText('You were removed from the pool “Friends”')
        .or(b.page.getByText('You were removed from the pool "Friends"'))
        .first(),
    ).toBeVisible()
    await expect.poll(() => readEpoch(a, 'Friends')).toBeGreaterThan(before)

    await b.joinPool(await invite(a))
    await expect(person(a, 'bob')).toBeVisible()
    await expect.poll(async () => (await poolNamed(b, 'Friends'))?.state).toBe('active')
    const rejoined = await readEpoch(a, 'Friends')
    await openPool(b, 'Friends')
    await choosePoolAction(b, 'Friends', 'Leave the pool')
    await b.page.getByRole('dialog').getByRole('button', { name: 'Leave this pool' }).click()
    await expect(b.page.getByText('You left “Friends”.').first()).toBeVisible()
    await expect.poll(() => poolNamed(b, 'Friends')).toBeUndefined()
    await expect(person(a, 'bob')).toHaveCount(0)
    await expect.poll(() => readEpoch(a, 'Friends')).toBeGreaterThan(rejoined)
  })

  test('moves to another computer of its owner by a backup, and refuses one that others have overtaken', async ({
    launch,
  }) => {
    test.setTimeout(300_000)
    const folder = await mkdtemp(join(tmpdir(), 'kith-backup-'))
    try {
      const backup = join(folder, 'friends.kith-pool')
      const secret = 'a password for this file'
      const a = await launch('ada')
      await a.signUp()
      await a.skipFirstRun()
      const link = await a.startPool('Friends')
      const b = await launch('bob')
      await b.signUp()
      await b.skipFirstRun()
      await b.joinPool(link)
      await openPool(a, 'Friends')
      await expect(person(a, 'bob')).toBeVisible()
      const code = await a.startLinking()
      const second = await launch('ada')
      await second.linkWith(code)
      await second.skipFirstRun()
      await a.page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
      await openPool(a, 'Friends')
      await backUpPool(a, 'Friends', backup, secret)

      const dialog = second.page.getByRole('dialog')
      await restorePool(second, backup, 'not that one')
      await expect(dialog.getByText('That password does not open this backup.')).toBeVisible()
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      const broken = join(folder, 'broken.kith-pool')
      await writeFile(broken, 'no backup')
      await restorePool(second, broken, secret)
      await expect(dialog.getByText('That is not a backup of a pool')).toBeVisible()
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await restorePool(b, backup, secret)
      await expect(b.page.getByRole('dialog').getByText('only the owner can do that')).toBeVisible()
      await b.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()

      // There is nothing to restore where the pool is looked after anyway.
      await restorePool(a, backup, secret)
      await expect(a.page.getByText('The pool was restored.').first()).toBeVisible()
      expect((await poolNamed(a, 'Friends'))?.isManager).toBe(true)
      // Both computers are on and the backup is fresh: it hands the pool over.
      await restorePool(second, backup, secret)
      await expect(second.page.getByText('The pool was restored.').first()).toBeVisible({ timeout: 30_000 })
      await expect.poll(async () => (await poolNamed(second, 'Friends'))?.isManager).toBe(true)
      await expect.poll(async () => (await poolNamed(a, 'Friends'))?.isManager).toBe(false)
      await openPool(second, 'Friends')
      await rename(second, 'Friends', 'Good friends')
      await openPool(b, 'Good friends')

      // The pool has gone on since, so the same file would split it now.
      await restorePool(a, backup, secret)
      await expect(a.page.getByRole('dialog').getByText('Restoring would split the pool.')).toBeVisible({
        timeout: 30_000,
      })
      expect((await poolNamed(a, 'Good friends'))?.isManager).toBe(false)
      expect((await poolNamed(second, 'Good friends'))?.isManager).toBe(true)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
