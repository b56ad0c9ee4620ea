import { expect, test, type Page } from './page-test.ts'
import { testAccessible } from './expect-accessible.ts'
import { goTo, openScene } from './open-scene.ts'

async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click()
}

async function pressInPools(page: Page, name: string): Promise<void> {
  await goTo(page, 'Pools')
  await press(page, name)
}

async function signUp(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('mira')
  await page.getByLabel('Password', { exact: true }).fill('lentils and spinach')
  await press(page, 'Create account')
  await page.getByRole('list', { name: 'Recovery phrase' }).waitFor()
}

testAccessible([
  { name: 'starting', scene: 'fresh', query: '&peer=starting' },
  { name: 'failed', scene: 'fresh', query: '&peer=failed' },
  { name: 'sign up', scene: 'fresh' },
  { name: 'recovery phrase', scene: 'fresh', reach: signUp },
  { name: 'sign in', scene: 'signedOut' },
  { name: 'restore', scene: 'signedOut', reach: (page) => press(page, 'Use a recovery phrase') },
  {
    name: 'first run',
    scene: 'fresh',
    reach: async (page) => {
      await signUp(page)
      await press(page, 'I have written it down')
      await press(page, 'Continue')
    },
  },
  { name: 'new chat', scene: 'home' },
  { name: 'chat', scene: 'home', reach: (page) => press(page, 'How does a heat pump work?') },
  { name: 'failed answer', scene: 'home', reach: (page) => press(page, 'A kind note to a neighbour') },
  { name: 'model picker', scene: 'home', reach: (page) => press(page, /^Model:/) },
  { name: 'chat without a model', scene: 'empty' },
  { name: 'chat with remarks', scene: 'troubled' },
  { name: 'sharing', scene: 'sharing', reach: (page) => goTo(page, 'Share') },
  { name: 'not sharing', scene: 'empty', reach: (page) => goTo(page, 'Share') },
  { name: 'pools', scene: 'home', reach: (page) => goTo(page, 'Pools') },
  { name: 'pools, waiting', scene: 'troubled', reach: (page) => goTo(page, 'Pools') },
  { name: 'pools, attacked', scene: 'attacked', reach: (page) => goTo(page, 'Pools') },
  { name: 'usage, clocks off', scene: 'attacked', reach: (page) => goTo(page, 'Usage') },
  { name: 'usual port taken', scene: 'usualPortTaken', reach: (page) => goTo(page, 'Keys') },
  { name: 'invite', scene: 'home', reach: (page) => pressInPools(page, 'Invite somebody') },
  {
    name: 'invite, ready',
    scene: 'home',
    reach: async (page) => {
      await pressInPools(page, 'Invite somebody')
      await press(page, 'Make invite link')
      await page.getByRole('textbox', { name: 'Invite link' }).waitFor()
    },
  },
  { name: 'member menu', scene: 'home', reach: (page) => pressInPools(page, 'More for jonas') },
  { name: 'plan', scene: 'home', reach: (page) => pressInPools(page, 'New plan') },
  {
    name: 'account',
    scene: 'home',
    reach: async (page) => {
      await press(page, 'mira: your account')
      await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor()
    },
  },
  {
    name: 'link code',
    scene: 'home',
    reach: async (page) => {
      await press(page, 'mira: your account')
      await press(page, 'Link another computer')
      await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
      await press(page, 'Show the code')
      await page.getByLabel('Code', { exact: true }).waitFor()
    },
  },
  { name: 'link this computer', scene: 'fresh', reach: (page) => press(page, 'Link this computer to my account') },
  { name: 'models', scene: 'home', reach: (page) => goTo(page, 'Models') },
  { name: 'models, downloading', scene: 'troubled', reach: (page) => goTo(page, 'Models') },
  { name: 'settings', scene: 'home', reach: (page) => goTo(page, 'Settings') },
])

test('at 400 % nothing is cut off sideways and the composer can be reached', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 200 })
  await openScene(page, 'home')
  const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  expect(isWide).toBe(false)
  await page.getByRole('button', { name: 'Send' }).scrollIntoViewIfNeeded()
  await expect(page.getByRole('button', { name: 'Send' })).toBeInViewport()
  await page.getByRole('button', { name: 'Open the menu' }).click()
  await goTo(page, 'Models')
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false)
})
