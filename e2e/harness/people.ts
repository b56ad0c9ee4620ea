import { expect, type Locator } from '@playwright/test'
import type { Pool } from '../../node/contract/state.ts'
import type { Install } from './install.ts'

/** Opens the page of a pool. */
export async function openPool(install: Install, pool: string): Promise<void> {
  await install.open('Pools')
  const choice = install.page.getByRole('navigation', { name: 'Your pools' }).getByRole('button', { name: pool })
  await choice.click()
  await expect(choice).toHaveAttribute('aria-current', 'true')
}

/** The row of somebody on the page of a pool. */
export function person(install: Install, username: string): Locator {
  return install.page.getByRole('list', { name: 'People' }).getByRole('listitem').filter({ hasText: username })
}

/** Chooses something in somebody's menu on the page of a pool. */
export async function chooseFor(install: Install, username: string, action: string): Promise<void> {
  await install.page
    .getByRole('list', { name: 'People' })
    .getByRole('button', { name: `More for ${username}` })
    .click()
  await install.page.getByRole('menuitem', { name: action }).click()
}

/** Suspends or removes somebody on the page of a pool, and confirms it. */
export async function judge(install: Install, username: string, verdict: 'Suspend' | 'Remove'): Promise<void> {
  await chooseFor(install, username, verdict)
  await install.page
    .getByRole('dialog')
    .getByRole('button', { name: `${verdict} ${username}` })
    .click()
}

/** Chooses something in the menu of the pool whose page is open. */
export async function choosePoolAction(install: Install, pool: string, action: string): Promise<void> {
  await install.page.getByRole('button', { name: `More for ${pool}`, exact: true }).click()
  await install.page.getByRole('menuitem', { name: action }).click()
}

/** Makes an invite on the page of the pool that is open, and returns its link. */
export async function invite(install: Install, choice: { plan?: string; uses?: number } = {}): Promise<string> {
  const { page } = install
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  const dialog = page.getByRole('dialog')
  if (choice.plan !== undefined) await dialog.getByLabel('Plan').selectOption({ label: choice.plan })
  if (choice.uses !== undefined) await dialog.getByLabel('How many people may use it').fill(String(choice.uses))
  await dialog.getByRole('button', { name: 'Make invite link' }).click()
  const link = await dialog.getByRole('textbox', { name: 'Invite link' }).inputValue()
  await dialog.getByRole('button', { name: 'Done' }).click()
  return link
}

/** What an install knows of a pool, by its name; undefined while it is in no pool of that name. */
export async function poolNamed(install: Install, name: string): Promise<Pool | undefined> {
  return (await install.state()).pools.find((pool) => pool.name === name)
}
